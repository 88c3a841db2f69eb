//! What a reader does: acknowledge, answer, say that they write, and put things out of their sight.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use kith_node::api::types::{AckKind, Answering, Code, GiveAck, Given, Mute, Post, Problem, ReplyKind};
use serde::{Deserialize, Serialize};

use super::{Asked, Nothing, Place, one, thread_page};
use crate::form::{self, Form, Upload};
use crate::icons::Icon;
use crate::oops::{Oops, Said, see};
use crate::parts::attaching::{Files, FilesView};
use crate::parts::post::{ack_words, address, kind_words};
use crate::parts::writing::{Mentions, draft_said};
use crate::visit::Visit;
use crate::words::Words;

const ACKS: [(AckKind, &str); 5] = [
    (AckKind::HearYou, "hear_you"),
    (AckKind::MeToo, "me_too"),
    (AckKind::WithYou, "with_you"),
    (AckKind::Strength, "strength"),
    (AckKind::ThankYou, "thank_you"),
];

/// Every kind of reply, as a form names it, with its hint.
const KINDS: [(ReplyKind, &str, &str); 6] = [
    (ReplyKind::Listening, "listening", "kind-listening-hint"),
    (ReplyKind::Experience, "experience", "kind-experience-hint"),
    (ReplyKind::Question, "question", "kind-question-hint"),
    (ReplyKind::Suggestion, "suggestion", "kind-suggestion-hint"),
    (ReplyKind::Resource, "resource", "kind-resource-hint"),
    (ReplyKind::Offer, "offer", "kind-offer-hint"),
];
/// What a form says in place of a kind to ask whether ideas are welcome.
const ASK: &str = "ask";

/// The bar of acknowledgements.
pub struct Acks {
    /// How the form names each, its words, and whether it was said.
    pub all: Vec<(&'static str, String, bool)>,
    /// Who sees it.
    pub said: String,
    /// What the bar is for.
    pub label: String,
}

impl Acks {
    pub fn of(words: &Words, name: &str, given: Option<AckKind>) -> Acks {
        let said = match given {
            Some(kind) => words.t2("ack-said", "name", name, "what", words.t(ack_words(kind).0)),
            None => words.t1("ack-for", "name", name),
        };
        let button =
            |(kind, value): (AckKind, &'static str)| (value, words.t(ack_words(kind).0), given == Some(kind));
        Acks { all: ACKS.map(button).to_vec(), said, label: words.t1("ack-label", "name", name) }
    }
}

/// The form for a reply.
pub struct Reply {
    /// What is answered.
    pub to: String,
    pub heading: String,
    pub error: Option<Said>,
    /// How the form names each kind, its icon, its words and its hint.
    pub kinds: Vec<(&'static str, Option<Icon>, String, String)>,
    pub kind: String,
    pub text: String,
    pub mentions: Mentions,
    pub draft_said: String,
    /// Whether it was said that an answer is being written.
    pub writing: bool,
    pub files: FilesView,
}

/// What was filled in and could not be sent.
pub struct Unsent {
    filled: Filled,
    error: Option<Said>,
}

/// What was filled in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filled {
    text: String,
    kind: String,
    to: String,
    mentions: Vec<String>,
    note: String,
    writing: String,
    #[serde(flatten)]
    files: Files,
}

impl Reply {
    pub(super) async fn of(
        visit: &Visit,
        (here, post): (&str, &str),
        name: &str,
        answering: &Answering,
        replies: &[Post],
        asked: &Asked,
        unsent: Option<Unsent>,
    ) -> Result<Reply, Oops> {
        let words = &visit.words;
        let mut draft = None;
        let (filled, error) = match unsent {
            Some(Unsent { filled, error }) => (filled, error),
            None => {
                draft = visit.service().draft(&place(post)).await?;
                let filled = draft.as_ref().and_then(|draft| serde_html_form::from_str(&draft.text).ok());
                (filled.unwrap_or_default(), None)
            }
        };
        let to = asked.to.as_deref().unwrap_or(&filled.to);
        let answered = replies.iter().find(|one| one.post == to);
        let offered = KINDS.into_iter().filter(|(kind, ..)| answering.kinds.contains(kind));
        let mut kinds: Vec<_> = offered
            .map(|(kind, value, hint)| {
                let (icon, id) = kind_words(kind);
                (value, Some(icon), words.t(id), words.t(hint))
            })
            .collect();
        if answering.may_ask {
            let hint = if answering.asked { "kind-asked-hint" } else { "kind-ask-hint" };
            kinds.push((ASK, None, words.t("kind-ask"), words.t1(hint, "name", name)));
        }
        let chosen = kinds.iter().find(|(value, ..)| *value == filled.kind).or(kinds.first());
        Ok(Reply {
            heading: match answered {
                Some(other) => words.t1("reply-to", "name", &other.name),
                None => words.t("reply"),
            },
            to: answered.map_or_else(|| post.to_owned(), |other| other.post.clone()),
            error,
            kind: chosen.map(|(value, ..)| (*value).to_owned()).unwrap_or_default(),
            kinds,
            mentions: Mentions::of(words, &filled.mentions, &filled.note),
            draft_said: draft.map(|draft| draft_said(visit, &draft.time)).unwrap_or_default(),
            writing: asked.writing.is_some() || !filled.writing.is_empty(),
            files: FilesView::of(filled.files, here),
            text: filled.text,
        })
    }
}

/// Where the draft of a reply is kept.
fn place(post: &str) -> String {
    format!("reply/{post}")
}

/// What is acknowledged, and where one came from.
#[derive(Deserialize)]
pub struct Ack {
    kind: AckKind,
    #[serde(default)]
    back: String,
}

pub async fn ack(visit: Visit, Path((group, post)): Place, Form(ack): Form<Ack>) -> Result<Response, Oops> {
    visit.group(&group)?;
    let said = visit.service().answering(&post).await?.said;
    let again = said == Some(ack.kind);
    if !again {
        visit.service().acknowledge(&post, GiveAck { kind: ack.kind }).await?;
    }
    let done = if again { "done-said-before" } else { "done-acknowledged" };
    Ok(see(match ack.back.as_str() {
        "needs-reply" => format!("/groups/{group}/needs-reply?done={done}"),
        "all" => format!("/needs-reply?done={done}"),
        _ => format!("{}?done={done}#ack", address(&group, &post)),
    }))
}

pub async fn send(
    visit: Visit,
    Path((group, post)): Place,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    visit.group(&group)?;
    let here = address(&group, &post);
    if let error @ Some(_) = filled.files.left(&visit.words) {
        return again(&visit, &group, &post, Unsent { filled, error }, None).await;
    }
    let sent = if filled.kind == ASK {
        keep_draft(&visit, &post, &filled).await?;
        visit.service().ask_to_suggest(&post).await.map(|_| format!("{here}?done=done-asked#reply"))
    } else {
        let to = if filled.to.is_empty() { &post } else { &filled.to };
        let given = Given {
            kind: KINDS.iter().find(|(_, value, _)| *value == filled.kind).map(|(kind, ..)| *kind),
            mentions: Some(filled.mentions.join(",")),
            note: Some(filled.note.clone()),
            attachments: filled.files.given(),
        };
        let sent = match form::text(&filled.text) {
            Ok(text) => visit.service().reply(to, text, given).await,
            Err(problem) => Err(problem),
        };
        if sent.is_ok() {
            visit.service().drop_draft(&place(&post)).await?;
        }
        sent.map(|sent| format!("{here}?done=done-sent#reply-{}", sent.post))
    };
    match sent {
        Ok(there) => Ok(see(there)),
        Err(problem) => {
            let error = Some(Said::of(&visit.words, &problem));
            again(&visit, &group, &post, Unsent { filled, error }, None).await
        }
    }
}

/// The page once more, with what was filled in.
async fn again(
    visit: &Visit,
    group: &str,
    post: &str,
    unsent: Unsent,
    done: Option<&str>,
) -> Result<Response, Oops> {
    let asked = Asked { done: done.map(str::to_owned), ..Asked::default() };
    thread_page(visit, group, post, &asked, Some(unsent)).await
}

/// Gives a file to the node, to go with a reply.
pub async fn attach(
    visit: Visit,
    Path((group, post)): Place,
    Upload { mut filled, file }: Upload<Filled>,
) -> Result<Response, Oops> {
    visit.group(&group)?;
    let given = filled.files.give(&visit, &group, file).await;
    let done = given.is_ok().then_some("done-attached");
    again(&visit, &group, &post, Unsent { filled, error: given.err() }, done).await
}

/// Leaves a file out again.
pub async fn detach(
    visit: Visit,
    Path((group, post)): Place,
    Form(mut filled): Form<Filled>,
) -> Result<Response, Oops> {
    visit.group(&group)?;
    filled.files.leave_out();
    again(&visit, &group, &post, Unsent { filled, error: None }, None).await
}

pub async fn keep(
    visit: Visit,
    Path((group, post)): Place,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    visit.group(&group)?;
    keep_draft(&visit, &post, &filled).await?;
    let now = visit.service().now()?.to_string();
    Ok(match visit.by_script {
        true => draft_said(&visit, &now).into_response(),
        false => see(format!("{}?done=done-draft#reply", address(&group, &post))),
    })
}

async fn keep_draft(visit: &Visit, post: &str, filled: &Filled) -> Result<(), Problem> {
    let draft = serde_html_form::to_string(filled).map_err(|_| Problem::of(Code::Internal))?;
    visit.service().keep_draft(&place(post), draft).await
}

pub async fn put_away(
    visit: Visit,
    Path((group, post)): Place,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    visit.service().drop_draft(&place(&post)).await?;
    if !filled.writing.is_empty() {
        visit.service().unclaim(&post).await?;
    }
    Ok(see(address(&group, &post)))
}

/// Says that I am writing, and opens the form.
pub async fn claim(
    visit: Visit,
    Path((group, post)): Place,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    visit.group(&group)?;
    visit.service().claim(&post).await?;
    Ok(see(format!("{}?writing=yes&done=done-claimed#reply", address(&group, &post))))
}

/// Whether a post is to be hidden.
#[derive(Deserialize)]
pub struct Hide {
    #[serde(default)]
    hide: String,
}

pub async fn hide(
    visit: Visit,
    Path((group, post)): Place,
    Form(form): Form<Hide>,
) -> Result<Response, Oops> {
    let hide = form.hide == "yes";
    visit.service().put_out_of_sight(&post, hide).await?;
    Ok(see(match hide {
        true => format!("/groups/{group}?done=done-hidden"),
        false => format!("{}?done=done-shown", address(&group, &post)),
    }))
}

/// Hides all that the author of a post writes.
pub async fn mute(
    visit: Visit,
    Path((group, post)): Place,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    let author = one(&visit, &group, &post).await?.author;
    visit.service().mute(&group, &author, Mute { muted: true }).await?;
    Ok(see(format!("/groups/{group}?done=done-muted")))
}
