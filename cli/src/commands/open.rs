//! `kith open`: a new page that lets a browser in.

use std::path::Path;

use clap::Args;
use kith_node::api::types::SignInPage;

use crate::browser;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// Open Kith in your browser
///
/// Makes a page that only you can read and that lets your browser in, once; the page made before it lets nobody in any
/// more. On a desktop the page is opened at once; elsewhere, open the file whose path is shown.
#[derive(Args, Debug)]
pub struct Cmd {}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let page: SignInPage =
            context.node(async |node| node.post(Route::new(&["page"])?, &serde_json::json!({})).await)?;
        let opened = context.can_show() && browser::open(Path::new(&page.path));
        context.output.answer(&page, || said(&page.path, opened))?;
        Ok(Ending::Done)
    }
}

/// Where the page is, for a person.
pub fn said(page: &str, opened: bool) -> String {
    if opened {
        format!("Your browser is opening {page}\nIt works once; \"kith open\" makes a new one.")
    } else {
        format!("Open this file in your browser: {page}\nIt works once; \"kith open\" makes a new one.")
    }
}
