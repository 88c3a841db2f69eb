//! Being found: whether the group is listed in public, in which words, and what is handed to a directory.
//!
//! The words are in a control entry, so that every member reads what strangers read. What is signed for directories is made
//! anew each time somebody asks for it, by the node of whoever listed the group, and lasts 30 days from then.

use kith_protocol::body::{Body, InviteMode, Listed, Role, Unlisted};
use kith_protocol::directory::{Portrait, write};
use kith_protocol::group::{ListingState, Right};
use kith_protocol::id::EntryId;
use kith_protocol::limits;
use kith_protocol::time::Millis;
use minicbor::{Decode, Encode};
use thiserror::Error;

use super::CellError;
use super::engine::Engine;
use crate::api::types::{self, InviteState};

/// How long the invite of a listing lasts, in milliseconds: a year. Then the group is listed anew, or not.
const INVITE_LASTS: u64 = 366 * 24 * 3_600_000;

const NOTE: &str = "listing/signed";

/// Why something about a listing is not done.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum ListingTrouble {
    /// The group is not listed.
    #[error("not listed")]
    No,
    /// Another facilitator, or another device, listed it: this one cannot sign it.
    #[error("listed by {0}")]
    By(String),
    /// Its invite waits for more facilitators to sign.
    #[error("its invite waits for more to sign")]
    Awaits,
    /// Its invite is used up, expired or taken back.
    #[error("its invite is over")]
    Over,
}

/// What was signed last.
#[derive(Clone, Copy, Encode, Decode)]
#[cbor(map)]
struct Signed {
    #[n(0)]
    issued: Millis,
    #[n(1)]
    expires: Millis,
}

impl Engine {
    /// Lists the group in these words, or in others than before.
    pub(crate) fn be_found(&mut self, portrait: Portrait) -> Result<EntryId, CellError> {
        let before = self.listing().filter(|listing| !listing.ended);
        let (salt, invite) = match before {
            Some(before) if before.author != self.me() => {
                return Err(ListingTrouble::By(self.name_of(&before.author)).into());
            }
            Some(before) if before.listed.portrait == portrait => return Ok(before.id),
            Some(before) => (before.listed.salt, before.listed.invite),
            None => {
                if self.role_of(&self.me()) < Some(Role::Seat) {
                    return Err(CellError::Right(Right::NeedsSeat));
                }
                let expires = self.now().plus(INVITE_LASTS);
                (rand::random(), self.invite(InviteMode::Knock, limits::INVITE_USES, expires)?)
            }
        };
        let secret = self.secrets.listing(&salt);
        let end = secret.withdrawal().into();
        self.write(Body::Listed(Listed { key: secret.key(), salt, portrait, invite, end }))
    }

    /// Ends the listing, and the invite that its link is of.
    pub(crate) fn end_listing(&mut self) -> Result<(), CellError> {
        let listing = self.listing().ok_or(ListingTrouble::No)?;
        if !listing.ended {
            self.write(Body::Unlisted(Unlisted { listed: listing.id }))?;
        }
        let invite = listing.listed.invite;
        if !matches!(self.invite_stands(&invite)?, None | Some(InviteState::Revoked)) {
            self.revoke(invite)?;
        }
        Ok(())
    }

    /// What is handed to a directory now: the listing, signed anew with these addresses, or its end.
    pub(crate) fn listing_file(&mut self, addresses: Vec<String>) -> Result<Vec<u8>, CellError> {
        let listing = self.listing().ok_or(ListingTrouble::No)?;
        if !self.in_charge(&self.me()) {
            return Err(CellError::Right(Right::NeedsDeputy));
        }
        let file = |bytes: &[u8]| write([bytes]).map_err(|why| CellError::Unfit(why.to_string()));
        if listing.ended {
            return file(&listing.listed.end);
        }
        let link =
            self.link(&listing.listed.invite, vec![addresses])?.filter(|_| listing.author == self.me());
        let Some(link) = link else { return Err(ListingTrouble::By(self.name_of(&listing.author)).into()) };
        match self.invite_stands(&listing.listed.invite)? {
            Some(InviteState::Live) => {}
            Some(InviteState::Awaiting) => return Err(ListingTrouble::Awaits.into()),
            _ => return Err(ListingTrouble::Over.into()),
        }
        let last: Option<Signed> = self.noted(NOTE)?;
        let issued = self.now().max(last.map_or(Millis(0), |last| last.issued.plus(1)));
        let expires = issued.plus(limits::LISTING_LASTS).min(link.expires);
        let secret = self.secrets.listing(&listing.listed.salt);
        let signed = secret.list(listing.listed.portrait, &link, issued, expires);
        let signed = signed.map_err(|why| CellError::Unfit(why.to_string()))?;
        self.staged.note(NOTE, minicbor::to_vec(Signed { issued, expires }).unwrap_or_default());
        file(&signed)
    }

    /// How the group is listed.
    pub(crate) fn listing_view(&self) -> Result<types::GroupListing, CellError> {
        let role = self.role_of(&self.me()).filter(|_| self.settled());
        let mut view = types::GroupListing {
            group: self.id.to_string(),
            listed: None,
            may_list: role >= Some(Role::Seat),
            may_end: role >= Some(Role::Deputy),
        };
        let Some(listing) = self.listing() else { return Ok(view) };
        let mine = listing.author == self.me();
        let signed: Option<Signed> = if mine && !listing.ended { self.noted(NOTE)? } else { None };
        let stands = self.invite_stands(&listing.listed.invite)?;
        view.may_list &= listing.ended || mine;
        view.listed = Some(types::Listed {
            listing: listing.listed.key.to_string(),
            by: listing.author.to_string(),
            name: self.name_of(&listing.author),
            since: listing.time.to_string(),
            portrait: listing.listed.portrait.into(),
            mine,
            state: match stands {
                _ if listing.ended => types::ListedState::Ended,
                Some(InviteState::Live) => types::ListedState::Listed,
                Some(InviteState::Awaiting) => types::ListedState::Awaiting,
                _ => types::ListedState::Over,
            },
            expires: signed.map(|signed| signed.expires.to_string()),
        });
        Ok(view)
    }

    /// The listing that was written last, ended or not.
    fn listing(&self) -> Option<ListingState> {
        let group = self.group.as_ref()?;
        let mut all = group.listings();
        let written =
            |listing: &ListingState| group.entry(&listing.id).map_or(0, |control| control.entry.lamport);
        all.sort_by_key(|listing| (written(listing), listing.id));
        let ended: Vec<_> = all.iter().filter(|one| one.ended).map(|one| one.listed.key).collect();
        // Its end ends all that its key ever said.
        let last = all.iter().rev().find(|one| !ended.contains(&one.listed.key)).or(all.last()).cloned();
        last.map(|mut last| {
            last.ended = ended.contains(&last.listed.key);
            last
        })
    }
}

impl From<ListingTrouble> for CellError {
    fn from(trouble: ListingTrouble) -> CellError {
        CellError::Listing(trouble)
    }
}
