//! A browser with one tab: where it is, what stands there, and waiting for it.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::{env, fs, thread};

use fantoccini::Client;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use serde_json::Value;

use super::command::Command;
use super::driver::Process;
use super::overheard::Overheard;
use super::{DESK, Setting, Thing};
use crate::wait;

/// How many characters of a page's text a failure shows.
const EXCERPT: usize = 4000;

/// Where pictures of failed tests go: `BROWSER_PICTURES=folder`.
const PICTURES: &str = "BROWSER_PICTURES";

/// A browser of its own, with one tab. Dropped, it closes; if its test fails, the folder that `BROWSER_PICTURES=` names
/// gets a picture of what it showed last.
pub struct Browser {
    client: Client,
    process: Arc<Process>,
    setting: Setting,
    pub(super) overheard: Mutex<Overheard>,
}

impl Browser {
    #[track_caller]
    pub(super) fn open(process: Arc<Process>, setting: &Setting) -> Browser {
        let client = process.session(setting);
        let browser = Browser { client, process, setting: setting.clone(), overheard: Mutex::default() };
        browser.sized(DESK);
        browser.goes_to("about:blank");
        browser
    }

    /// Goes to an address and waits until the page has loaded.
    #[track_caller]
    pub fn goes_to(&self, address: &str) {
        let gone = self.awaits(self.client.goto(address));
        gone.unwrap_or_else(|error| panic!("The browser could not go to {address}: {error}"));
    }

    /// Goes to a file, as a double click on it would.
    #[track_caller]
    pub fn goes_to_file(&self, file: &Path) {
        let file = file.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.goes_to(url::Url::from_file_path(&file).expect("an absolute path").as_str());
    }

    /// Goes back, as with the browser's own button.
    #[track_caller]
    pub fn goes_back(&self) {
        self.does(self.client.back());
    }

    /// Loads the page again.
    #[track_caller]
    pub fn reloads(&self) {
        self.does(self.client.refresh());
    }

    /// Where it is.
    #[track_caller]
    pub fn address(&self) -> String {
        self.does(self.client.current_url()).into()
    }

    /// Where it is on its host: the path, with the query if there is one.
    #[track_caller]
    pub fn path(&self) -> String {
        path(&self.does(self.client.current_url()))
    }

    /// Where its host is: what comes before the path.
    #[track_caller]
    pub fn origin(&self) -> String {
        self.does(self.client.current_url()).origin().ascii_serialization()
    }

    /// The page's title.
    #[track_caller]
    pub fn title(&self) -> String {
        self.does(self.client.title())
    }

    /// What can be read on the page: nothing that is hidden or folded. Runs of white space are one space or, where
    /// the text breaks, one line break.
    #[track_caller]
    pub fn text(&self) -> String {
        self.does(self.visible_text())
    }

    /// Waits until this can be read on the page. Line breaks count as spaces.
    #[track_caller]
    pub fn reads(&self, text: &str) {
        let wanted = in_one_line(text);
        self.until(&format!("the text {text:?}"), || {
            Ok(in_one_line(&self.awaits(self.visible_text())?).contains(&wanted).then_some(()))
        });
    }

    /// Waits until this cannot be read on the page.
    #[track_caller]
    pub fn reads_no_more(&self, text: &str) {
        let unwanted = in_one_line(text);
        self.until(&format!("the text {text:?} to be gone"), || {
            Ok((!in_one_line(&self.awaits(self.visible_text())?).contains(&unwanted)).then_some(()))
        });
    }

    /// Waits until the page shows this.
    #[track_caller]
    pub fn sees(&self, thing: &Thing) {
        self.find(thing);
    }

    /// Waits until the page shows no such thing.
    #[track_caller]
    pub fn sees_no_more(&self, thing: &Thing) {
        self.until(&format!("{thing} to be gone"), || {
            Ok(self.awaits(thing.look(&self.client))?.is_none().then_some(()))
        });
    }

    /// Waits until it is at this path of its host, query included.
    #[track_caller]
    pub fn comes_to(&self, wanted: &str) {
        self.comes_where(&format!("the path {wanted:?}"), |path| path == wanted);
    }

    /// Waits until it is at a path as expected; `what` ends the sentence "Waited for …".
    #[track_caller]
    pub fn comes_where(&self, what: &str, expected: impl Fn(&str) -> bool) {
        self.until(&what, || Ok(expected(&path(&self.awaits(self.client.current_url())?)).then_some(())));
    }

    /// Runs a script on the page, as the body of a function, and gives what it returns; a promise is waited for, unless
    /// the browser's pages may run no scripts.
    #[track_caller]
    pub fn runs(&self, script: &str, arguments: &[Value]) -> Value {
        self.does(self.client.execute(script, arguments.to_vec()))
    }

    /// How it is set.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// The first such thing that is shown, once there is one.
    #[track_caller]
    pub(super) fn find(&self, thing: &Thing) -> Element {
        self.until(thing, || self.awaits(thing.look(&self.client)))
    }

    /// Has something done that does not depend on anything to come.
    #[track_caller]
    pub(super) fn does<T>(&self, doing: impl Future<Output = Result<T, CmdError>>) -> T {
        match self.awaits(doing) {
            Ok(done) => done,
            Err(error) => panic!("The browser could not: {error}\n{}", self.report()),
        }
    }

    #[track_caller]
    pub(super) fn commands(&self, command: Command) -> Value {
        self.does(self.client.issue_cmd(command))
    }

    /// Waits for one answer, which comes or does not within its limit.
    #[track_caller]
    pub(super) fn awaits<T>(&self, answer: impl Future<Output = T>) -> T {
        self.process.wait(answer).unwrap_or_else(|| panic!("The browser does not answer."))
    }

    /// Looks until there is something. A page may change under one's eyes: what fails is tried again.
    #[track_caller]
    pub(super) fn until<T>(
        &self,
        what: &dyn Display,
        mut look: impl FnMut() -> Result<Option<T>, CmdError>,
    ) -> T {
        let limit = self.setting.patience;
        let mut last = None;
        let found = wait::within(limit, || {
            let looked = look();
            last = looked.as_ref().err().map(ToString::to_string);
            match looked {
                Err(error) if is_final(&error) => {
                    panic!("Waiting for {what}, the browser went away: {error}")
                }
                looked => looked.ok().flatten(),
            }
        });
        found.unwrap_or_else(|| {
            let last = last.map(|error| format!(" The last look failed: {error}")).unwrap_or_default();
            panic!("Waited {} s for {what}; it did not come.{last}\n{}", limit.as_secs(), self.report())
        })
    }

    /// Where the browser is, and what stands there.
    pub(super) fn report(&self) -> String {
        let said = |answer: Result<String, CmdError>| answer.unwrap_or_else(|error| format!("({error})"));
        let address = said(self.awaits(self.client.current_url()).map(Into::into));
        let title = said(self.awaits(self.client.title()));
        let text = said(self.awaits(self.visible_text()));
        let text: String = text.chars().take(EXCERPT).collect();
        let names = self.awaits(super::thing::names(&self.client)).unwrap_or_default().join(", ");
        let complaints = self.complaints().join("\n");
        format!("It was at {address} ({title:?}), where it says:\n{text}\n-- with: {names}\n{complaints}")
    }

    async fn visible_text(&self) -> Result<String, CmdError> {
        let text =
            self.client.execute("return document.body ? document.body.innerText : ''", Vec::new()).await?;
        let lines = text.as_str().unwrap_or_default().lines();
        let lines: Vec<String> = lines.map(in_one_line).filter(|line| !line.is_empty()).collect();
        Ok(lines.join("\n"))
    }

    fn keep_picture(&self, folder: PathBuf) {
        let test = thread::current().name().unwrap_or("test").replace("::", "-");
        let session = self.awaits(self.client.session_id()).ok().flatten().unwrap_or_default();
        let Ok(bytes) = self.try_picture() else { return };
        // The test has failed already; without its picture it has failed all the same.
        let _ = fs::create_dir_all(&folder);
        let _ = fs::write(folder.join(format!("{test}-{session}.png")), bytes);
    }
}

/// Whether nothing more can come.
fn is_final(error: &CmdError) -> bool {
    error.is_invalid_session_id()
        || matches!(error, CmdError::Lost(_) | CmdError::Failed(_) | CmdError::FailedC(_))
}

fn path(url: &url::Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// As it is read: in one line, without the marks that keep directions apart, which nobody sees.
pub(super) fn in_one_line(text: &str) -> String {
    let text = text.replace(['\u{2068}', '\u{2069}'], "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Drop for Browser {
    fn drop(&mut self) {
        if thread::panicking()
            && let Some(folder) = env::var_os(PICTURES)
        {
            self.keep_picture(folder.into());
        }
        // Whatever does not close is ended with the driver.
        let _ = self.process.wait(self.client.clone().close());
    }
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser").field("setting", &self.setting).finish_non_exhaustive()
    }
}
