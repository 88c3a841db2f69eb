//! What can be found on a page, named as a person would.

use std::fmt;

use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::CmdError;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::command::Command;
use super::tab::in_one_line;

/// What WebDriver calls an element's id in what a script returns.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Something on a page. Where there are several, it is the first that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    kind: Kind,
    name: String,
    inside: Option<String>,
    beside: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Button,
    Link,
    Field,
    Option,
    Heading,
    Css,
}

/// A button of this name: what stands on it, or what a screen reader calls it.
pub fn button(name: impl Into<String>) -> Thing {
    Thing::new(Kind::Button, name)
}

/// A link of this name.
pub fn link(name: impl Into<String>) -> Thing {
    Thing::new(Kind::Link, name)
}

/// A field with this label: for text, a choice, a box to tick, or a file.
pub fn field(label: impl Into<String>) -> Thing {
    Thing::new(Kind::Field, label)
}

/// One of several to choose from, or a box to tick, whose label begins so; what follows explains it.
pub fn option(label: impl Into<String>) -> Thing {
    Thing::new(Kind::Option, label)
}

/// A heading with this text.
pub fn heading(text: impl Into<String>) -> Thing {
    Thing::new(Kind::Heading, text)
}

/// What a CSS selector selects, for what has no name.
pub fn css(selector: impl Into<String>) -> Thing {
    Thing::new(Kind::Css, selector)
}

impl Thing {
    fn new(kind: Kind, name: impl Into<String>) -> Thing {
        Thing { kind, name: name.into(), inside: None, beside: None }
    }

    /// The one inside of what this CSS selector selects.
    pub fn inside(mut self, selector: impl Into<String>) -> Thing {
        self.inside = Some(selector.into());
        self
    }

    /// The one that belongs to a text: the innermost article, list item, table row, form, dialog, section or group
    /// of fields around it reads so, as "Reply" below a post.
    pub fn beside(mut self, text: impl Into<String>) -> Thing {
        self.beside = Some(text.into());
        self
    }

    /// The first such thing that is shown now.
    pub(super) async fn look(&self, client: &Client) -> Result<Option<Element>, CmdError> {
        for element in self.candidates(client).await? {
            if element.is_displayed().await? && self.is(client, &element).await? {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// Every element that could be it by its tag, its words and its place; what it is called and what it is, is looked
    /// at afterwards, which takes longer.
    async fn candidates(&self, client: &Client) -> Result<Vec<Element>, CmdError> {
        let selector = if self.kind == Kind::Css { &self.name } else { self.kind.selector() };
        let words: Vec<&str> = match self.kind {
            Kind::Css => Vec::new(),
            _ => self.name.split_whitespace().collect(),
        };
        let arguments = json!([selector, words, self.inside, self.beside.as_deref().map(in_one_line)]);
        let found = client.execute(CANDIDATES, arguments.as_array().cloned().unwrap_or_default()).await?;
        Ok(elements(client, &found))
    }

    async fn is(&self, client: &Client, element: &Element) -> Result<bool, CmdError> {
        if self.kind == Kind::Css {
            return Ok(true);
        }
        let id = element.element_id();
        let (label, name) = (label(client, &id).await?, in_one_line(&self.name));
        if label != name && !(self.kind == Kind::Option && label.starts_with(&name)) {
            return Ok(false);
        }
        Ok(self.kind.covers(&role(client, &id).await?))
    }
}

impl Kind {
    /// What can be of this kind.
    fn selector(self) -> &'static str {
        match self {
            Kind::Button => "button, summary, input, [role=button], [role=switch]",
            Kind::Link => "a[href], area[href], [role=link]",
            Kind::Field => "input, textarea, select, [contenteditable], [role]",
            Kind::Option => "input[type=radio], input[type=checkbox]",
            Kind::Heading => "h1, h2, h3, h4, h5, h6, [role=heading]",
            Kind::Css => "*",
        }
    }

    /// Whether what has this role is of this kind.
    fn covers(self, role: &str) -> bool {
        match self {
            Kind::Button => ["button", "switch", "DisclosureTriangle", "disclosuretriangle"].contains(&role),
            Kind::Link => role == "link",
            Kind::Option => ["radio", "checkbox"].contains(&role),
            Kind::Heading => role == "heading",
            // Roles of fields are many, and differ between versions; what is left over is not one.
            Kind::Field => !["button", "link", "heading", "none", "presentation", "generic"].contains(&role),
            Kind::Css => true,
        }
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Button => "the button",
            Kind::Link => "the link",
            Kind::Field => "the field",
            Kind::Option => "the option",
            Kind::Heading => "the heading",
            Kind::Css => "what is at",
        };
        write!(f, "{kind} {:?}", self.name)?;
        if let Some(selector) = &self.inside {
            write!(f, " inside of {selector:?}")?;
        }
        if let Some(text) = &self.beside {
            write!(f, " beside {text:?}")?;
        }
        Ok(())
    }
}

/// What an element is called, for those who do not see it.
pub(super) async fn label(client: &Client, id: &ElementRef) -> Result<String, CmdError> {
    let label = client.issue_cmd(Command::Label(id.to_string())).await?;
    Ok(in_one_line(label.as_str().unwrap_or_default()))
}

/// What an element is, for those who do not see it.
pub(super) async fn role(client: &Client, id: &ElementRef) -> Result<String, CmdError> {
    let role = client.issue_cmd(Command::Role(id.to_string())).await?;
    Ok(role.as_str().unwrap_or_default().to_owned())
}

/// What there is to click and to fill in, for a report: the first of them.
pub(super) async fn names(client: &Client) -> Result<Vec<String>, CmdError> {
    let all = "a[href], button, summary, input:not([type=hidden]), textarea, select, [role=button]";
    let mut names = Vec::new();
    for element in client.find_all(Locator::Css(all)).await?.iter().take(40) {
        if element.is_displayed().await? {
            let id = element.element_id();
            names.push(format!("{} {:?}", role(client, &id).await?, label(client, &id).await?));
        }
    }
    Ok(names)
}

/// The elements that a script returned as a list.
pub(super) fn elements(client: &Client, found: &Value) -> Vec<Element> {
    let ids = found.as_array().into_iter().flatten().filter_map(|one| one[ELEMENT].as_str());
    ids.map(|id| Element::from_element_id(client.clone(), ElementRef::from(id.to_owned()))).collect()
}

/// Elements by selector, words of the name, selector around, text around. A word may come from whatever can give an
/// element its name, so none is passed over.
const CANDIDATES: &str = r#"
const [selector, words, inside, beside] = arguments;
const line = text => (text || '').replace(/[\u2068\u2069]/g, '').replace(/\s+/g, ' ').trim();
const given = ['aria-label', 'alt', 'title', 'value', 'placeholder', 'aria-labelledby'];
const said = element => {
    const all = [element, ...element.querySelectorAll('*'), ...(element.labels || [])];
    const texts = [...all.map(one => one.textContent), ...all.flatMap(one => given.map(name => one.getAttribute(name)))];
    for (const one of all)
        for (const id of (one.getAttribute('aria-labelledby') || '').split(/\s+/).filter(Boolean))
            texts.push(document.getElementById(id)?.textContent, document.getElementById(id)?.getAttribute('aria-label'));
    return texts.filter(Boolean).join(' ');
};
const around = 'article, li, tr, form, dialog, section, fieldset, details, [role=article], [role=dialog], [role=group]';
return [...document.querySelectorAll(selector)].filter(element => {
    if (inside && !element.parentElement?.closest(inside)) return false;
    const text = words.length ? said(element) : '';
    if (!words.every(word => text.includes(word))) return false;
    if (!beside) return true;
    return line(element.parentElement?.closest(around)?.innerText).includes(beside);
});
"#;
