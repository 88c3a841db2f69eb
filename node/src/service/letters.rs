//! Reports, notes and appeals.

use kith_protocol::id::MemberKey;
use kith_protocol::letter;
use kith_protocol::limits;

use super::resolve::{self, Thing};
use super::{Service, ServiceError, text};
use crate::api::types::{
    AnswerReport, Code, LetterList, LetterSent, Report, ReportKind, ReportList, ReportOutcome,
};
use crate::cell::{Cell, CellError, Engine};

impl Service {
    /// Reports a post to the facilitators, but for whoever wrote it and one whom the reporter leaves out.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NobodyToAsk`] if no facilitator is left; [`Code::BadWords`].
    pub async fn report(&self, post: &str, report: Report) -> Result<LetterSent, ServiceError> {
        text::words("note", &report.note, limits::REASON)?;
        let (cell, entry) = self.find_post(post).await?;
        self.reported(&cell, report, move |engine, kind, note, but| engine.report(&entry, kind, note, but))
            .await
    }

    /// Reports what a member wrote to me alone, so that facilitators can read it.
    ///
    /// # Errors
    /// As [`Service::report`]; [`Code::NotAllowed`] if the letters it came in are gone.
    pub async fn report_line(
        &self,
        group: &str,
        member: &str,
        line: &str,
        report: Report,
    ) -> Result<LetterSent, ServiceError> {
        self.node()?;
        text::words("note", &report.note, limits::REASON)?;
        let (cell, author) = self.find_member(group, member).await?;
        let names = cell.engine.read(move |engine| engine.line_names(&author)).await?;
        let names = names.into_iter().map(|name| (hex::encode(name), None, name));
        let line = resolve::one(Thing::Line, line, names)?;
        self.reported(&cell, report, move |engine, kind, note, but| {
            engine.report_line(&author, &line, kind, note, but)
        })
        .await
    }

    async fn reported(
        &self,
        cell: &Cell,
        report: Report,
        send: impl FnOnce(&mut Engine, letter::ReportKind, String, &[MemberKey]) -> Result<[u8; 16], CellError>
        + Send
        + 'static,
    ) -> Result<LetterSent, ServiceError> {
        let but = match &report.not_to {
            Some(member) => vec![self.find_member(&cell.id.to_string(), member).await?.1],
            None => Vec::new(),
        };
        let kind = match report.kind {
            ReportKind::Harm => letter::ReportKind::Harm,
            ReportKind::Rule => letter::ReportKind::Rule,
            ReportKind::Worry => letter::ReportKind::Worry,
        };
        let note = report.note.trim().to_owned();
        let send = move |engine: &mut Engine| {
            let name = send(engine, kind, note, &but)?;
            let to = engine.reports_view()?.mine.into_iter().next().map(|mine| mine.to).unwrap_or_default();
            Ok((name, to))
        };
        let (name, to) = cell.engine.write(send).await?;
        Ok(LetterSent { letter: hex::encode(name), to })
    }

    /// Reports that reached me, and reports of mine.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn report_list(&self, group: &str) -> Result<ReportList, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(cell.engine.read(|engine| engine.reports_view()).await?)
    }

    /// Answers a report.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::BadWords`].
    pub async fn report_answer(
        &self,
        group: &str,
        report: &str,
        answer: AnswerReport,
    ) -> Result<ReportList, ServiceError> {
        text::words("note", &answer.note, limits::REASON)?;
        let cell = self.cell(group).await?;
        let names = cell.engine.read(|engine| engine.report_names()).await?;
        let candidates = names.into_iter().map(|name| (hex::encode(name), None, name));
        let name = resolve::one(Thing::Report, report, candidates)?;
        let outcome = match answer.outcome {
            ReportOutcome::Noted => letter::Outcome::Noted,
            ReportOutcome::Acted => letter::Outcome::Acted,
            ReportOutcome::NoBreach => letter::Outcome::NoBreach,
        };
        let note = answer.note.trim().to_owned();
        let send = move |engine: &mut Engine| {
            engine.answer_report(&name, outcome, note)?;
            engine.reports_view()
        };
        Ok(cell.engine.write(send).await?)
    }

    /// Writes to one member alone. The text has been through [`super::text::check`].
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotAllowed`] for who is no facilitator or helper and writes
    /// to somebody who is none either.
    pub async fn write_to(
        &self,
        group: &str,
        member: &str,
        text: String,
    ) -> Result<LetterSent, ServiceError> {
        let (cell, to) = self.find_member(group, member).await?;
        let allowed = cell.engine.read(move |engine| Ok(engine.may_write_to(&to))).await?;
        if !allowed {
            let (_, hint) = Code::NotAllowed.words();
            return Err(ServiceError::new(
                Code::NotAllowed,
                "Letters go to and from facilitators and helpers for now.",
                hint,
            ));
        }
        self::letter(&cell, move |engine| {
            let name = engine.write_to(&[to], text, None)?;
            Ok((name, vec![to]))
        })
        .await
    }

    /// Turns against what was done about a post of mine, notes added to it included, or a pause, to the facilitators who did not do it.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NobodyToAsk`] if there is no other facilitator;
    /// [`Code::NotAllowed`] if nothing was done.
    pub async fn appeal(&self, what: &str, text: String) -> Result<LetterSent, ServiceError> {
        let (cell, post) = match self.find_post(what).await {
            Ok((cell, post)) => (cell, Some(post)),
            Err(error) => match self.cell(what).await {
                Ok(cell) => (cell, None),
                Err(_) => return Err(error),
            },
        };
        let acted = cell
            .engine
            .read(move |engine| {
                let added = post.map(|post| engine.notes_added(&post)).transpose()?.flatten();
                Ok(engine.acted_on(post.as_ref()).or(added))
            })
            .await?;
        let Some((by, act)) = acted else {
            return Err(ServiceError::new(
                Code::NotAllowed,
                "Nothing was done about this, or it was taken back.",
                "\"kith group record\" shows what facilitators did.",
            ));
        };
        self::letter(&cell, move |engine| {
            let to: Vec<_> = engine.others_in_charge().into_iter().filter(|one| *one != by).collect();
            let name = engine.write_to(&to, text, Some(act))?;
            Ok((name, to))
        })
        .await
    }

    /// Letters that reached me.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn letter_list(&self, group: &str) -> Result<LetterList, ServiceError> {
        let cell = self.cell(group).await?;
        let letters = cell.engine.read(|engine| engine.letters_view()).await?;
        Ok(LetterList { letters })
    }
}

pub(super) async fn letter(
    cell: &Cell,
    send: impl FnOnce(
        &mut Engine,
    ) -> Result<([u8; 16], Vec<kith_protocol::id::MemberKey>), crate::cell::CellError>
    + Send
    + 'static,
) -> Result<LetterSent, ServiceError> {
    let sent = move |engine: &mut Engine| {
        let (name, to) = send(engine)?;
        let names = engine.names();
        let mut to: Vec<String> = to.iter().filter_map(|to| names.get(to).cloned()).collect();
        to.sort_unstable();
        Ok((name, to))
    };
    let (name, to) = cell.engine.write(sent).await?;
    Ok(LetterSent { letter: hex::encode(name), to })
}
