//! Who is at the door, as a person sees it who decides.

use kith_protocol::body::{Body, InviteMode};
use kith_protocol::group::Standing;

use super::CellError;
use super::desk::{Line, Request};
use super::engine::Engine;
use super::letters::Name;
use crate::api::types::{self, KnockSide};

impl Engine {
    /// Those who knocked and whom I may let in, the newest first; and joins that their invite does not settle.
    pub(crate) fn desk_view(&self) -> Result<Vec<types::KnockReceived>, CellError> {
        let mut list = Vec::new();
        for request in self.requests()?.into_iter().rev() {
            list.extend(self.shown(request)?);
        }
        list.extend(self.disputed());
        Ok(list)
    }

    /// The names of knocks that reached me.
    pub(crate) fn desk_names(&self) -> Result<Vec<Name>, CellError> {
        Ok(self.requests()?.iter().map(|request| *request.name).collect())
    }

    fn disputed(&self) -> impl Iterator<Item = types::KnockReceived> {
        let joins = self.disputed_joins().into_iter().filter_map(|join| self.group.as_ref()?.entry(&join));
        joins.filter_map(|control| {
            let Body::Join(join) = &control.entry.body else { return None };
            Some(types::KnockReceived {
                knock: control.id.to_string(),
                group: self.id.to_string(),
                name: join.name.clone(),
                invite: join.invite.to_string(),
                way: self.invite_way(&join.invite),
                state: types::DeskState::Waiting,
                by: None,
                code: None,
                several: true,
                lines: Vec::new(),
                time: control.entry.time.to_string(),
            })
        })
    }

    fn shown(&self, request: Request) -> Result<Option<types::KnockReceived>, CellError> {
        let Some(state) = self.asking(&request.invite).filter(|state| self.may_decide(state)) else {
            return Ok(None);
        };
        let confirm = state.invite.mode == InviteMode::Confirm;
        let secret = if confirm && !request.several { self.code_secret(&request.invite)? } else { None };
        let signed = self.group()?.holds(&request.entry);
        let (stands, by) = match self.standing_of(&request.member) {
            Some(Standing::Member) => (types::DeskState::Admitted, None),
            Some(Standing::Removed | Standing::Left) => (types::DeskState::Gone, None),
            _ if request.declined.is_some() => (types::DeskState::Declined, request.declined),
            _ if signed => (types::DeskState::Signing, None),
            _ => (types::DeskState::Waiting, None),
        };
        let line = |line: Line| types::KnockLine {
            side: if line.by.is_some() { KnockSide::Inside } else { KnockSide::Outside },
            name: line.by.map(|by| self.name_of(&by)),
            text: line.text,
            time: line.time.to_string(),
        };
        Ok(Some(types::KnockReceived {
            knock: hex::encode(*request.name),
            group: self.id.to_string(),
            name: request.called,
            invite: request.invite.to_string(),
            way: if confirm { types::InviteWay::Confirm } else { types::InviteWay::Knock },
            state: stands,
            by: by.map(|by| self.name_of(&by)),
            code: secret.map(|secret| secret.code(&request.entry)),
            several: request.several,
            lines: request.lines.into_iter().filter(|line| !line.text.is_empty()).map(line).collect(),
            time: request.time.to_string(),
        }))
    }
}
