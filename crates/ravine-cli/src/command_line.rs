//! The command line of this process, as it can be typed again.

/// `ravine`, and the arguments, quoted for a POSIX shell.
pub(crate) fn this() -> String {
    let arguments = std::env::args_os().skip(1);
    let words = arguments.map(|argument| quoted(&argument.to_string_lossy()));
    std::iter::once("ravine".to_string())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}

/// `word`, in quotes where a shell would make something else of it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=.,/:@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn quotes_only_what_a_shell_would_change() {
        assert_eq!(quoted("adam.beta1=0.8"), "adam.beta1=0.8");
        assert_eq!(quoted("my data.csv"), "'my data.csv'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
