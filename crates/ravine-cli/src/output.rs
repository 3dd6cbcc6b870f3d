//! Standard output for data, standard error for messages. Colours only where a terminal shows them (and not with NO_COLOR).

use std::io::{ErrorKind, Write};

use crate::error::Error;
use crate::exit::Exit;

/// Writes data to standard output. A reader that has gone away (`| head`) has had enough: that is no error.
pub(crate) fn data(text: &str) -> Result<(), Error> {
    let mut out = anstream::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Error::Output),
    }
}

/// Writes a document to standard output, as JSON.
pub(crate) fn json(document: &impl serde::Serialize) -> Result<(), Error> {
    let text = serde_json::to_string_pretty(document).map_err(|e| Error::Other(e.to_string()))?;
    data(&format!("{text}\n"))
}

/// Writes a message to standard error. Where that is closed, there is nobody to tell.
pub(crate) fn message(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Shows what the argument parser has to say: help and version are data, all else is a message.
pub(crate) fn clap(error: &clap::Error) -> Exit {
    let text = error.render();
    if error.use_stderr() {
        message(text.ansi().to_string().trim_end());
        return Exit::Usage;
    }
    match data(&text.ansi().to_string()) {
        Ok(()) => Exit::Done,
        Err(error) => {
            message(&error.to_string());
            error.exit()
        }
    }
}
