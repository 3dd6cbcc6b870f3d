//! Pages in a real browser.
//!
//! Needs a Chromium on the PATH. Where there is none the tests say so and pass, except where `CI=true`.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

const RECORDER: &str = include_str!("../fixtures/recorder.js");
const PATIENCE: Duration = Duration::from_secs(120);

/// Opens a page, lets a script use it, which makes at least so many checks, and judges what came of it.
pub fn inspect(name: &str, page: &str, width: u32, script: &str, least: u64) {
    let Some(browser) = browser() else { return };
    let page = with_scripts(page, script);
    let visit = visit(&browser, name, &page, width);
    let verdict = visit
        .dom
        .split_once("id=\"self-test-verdict\">")
        .and_then(|(_, rest)| rest.split_once("</script>"))
        .map(|(json, _)| serde_json::from_str::<Value>(json).expect("the verdict is JSON"))
        .unwrap_or_else(|| {
            panic!(
                "the self-test left no verdict; console: {:?}",
                visit.console
            )
        });
    assert_eq!(verdict["problems"], serde_json::json!([]), "{verdict:#}");
    assert!(
        verdict["checks"].as_u64() > Some(least),
        "only {} checks were made",
        verdict["checks"]
    );
    assert_eq!(
        visit.console,
        Vec::<String>::new(),
        "the page wrote to the console"
    );
    assert_eq!(
        visit.requests,
        Vec::<String>::new(),
        "the page asked for something"
    );
}

/// The page with a recorder of errors at its very beginning and a script at its end.
pub fn with_scripts(page: &str, last: &str) -> String {
    page.replacen(
        "<meta charset=\"utf-8\">",
        &format!("<meta charset=\"utf-8\"><script>{RECORDER}</script>"),
        1,
    )
    .replacen("</body>", &format!("<script>{last}</script></body>"), 1)
}

/// The first Chromium on the PATH. Without one: `None`, or a failure in continuous integration.
pub fn browser() -> Option<PathBuf> {
    let folders: Vec<PathBuf> =
        env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.is_file());
    if found.is_none() {
        assert!(
            env::var("CI").as_deref() != Ok("true"),
            "continuous integration needs chromium on the PATH"
        );
        eprintln!("left out: no chromium, chromium-browser or google-chrome on the PATH");
    }
    found
}

/// What came of a visit.
pub struct Visit {
    pub dom: String,
    pub console: Vec<String>,
    pub requests: Vec<String>,
}

/// Opens a page without a window until its work is done.
pub fn visit(browser: &Path, name: &str, page: &str, width: u32) -> Visit {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
    let path = |file: &str| folder.join(file);
    fs::write(path("report.html"), page).expect("the page can be written");
    let create =
        |file: &str| File::create(path(file)).expect("the browser's output can be written");

    let mut child = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args([
            "--disable-dev-shm-usage",
            "--disable-extensions",
            "--force-device-scale-factor=1",
        ])
        // The browser's own errands find nobody either.
        .arg("--host-resolver-rules=MAP * ~NOTFOUND")
        .args([
            "--virtual-time-budget=60000",
            "--enable-logging=stderr",
            "--dump-dom",
        ])
        .arg(format!("--window-size={width},1000"))
        .arg(format!("--user-data-dir={}", path("profile").display()))
        .arg(format!("--log-net-log={}", path("net.json").display()))
        .arg(format!("file://{}", path("report.html").display()))
        .stdin(Stdio::null())
        .stdout(create("dom.html"))
        .stderr(create("log.txt"))
        .spawn()
        .expect("the browser starts");
    let start = Instant::now();
    while child
        .try_wait()
        .expect("the browser can be asked for its state")
        .is_none()
    {
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            panic!("the page was not done after {PATIENCE:?}");
        }
        thread::sleep(Duration::from_millis(50));
    }

    let read = |file: &str| {
        String::from_utf8_lossy(&fs::read(path(file)).unwrap_or_default()).into_owned()
    };
    let visit = Visit {
        dom: read("dom.html"),
        console: read("log.txt")
            .lines()
            .filter(|line| line.contains(":CONSOLE"))
            .map(str::to_owned)
            .collect(),
        requests: requests(&read("net.json")),
    };
    let _ = fs::remove_dir_all(&folder);
    visit
}

/// The addresses that the page asked for, by the browser's network log.
///
/// Only a request that some page makes has an origin as its initiator; the browser's own (clock, updates) have none. Files
/// do not pass through the network and are not in the log.
fn requests(log: &str) -> Vec<String> {
    let log: Value = serde_json::from_str(log).expect("the browser left a whole network log");
    let started = &log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"];
    assert!(started.is_u64(), "the network log has another format");
    let events = log["events"]
        .as_array()
        .expect("the network log has events");
    let mut found: Vec<String> = events
        .iter()
        .filter(|event| &event["type"] == started)
        .map(|event| &event["params"])
        .filter(|params| {
            params["initiator"]
                .as_str()
                .is_some_and(|initiator| initiator != "not an origin")
        })
        .filter_map(|params| params["url"].as_str().map(str::to_owned))
        .collect();
    found.dedup();
    found
}
