//! What I may do in an office, for pages that offer it.

use super::{Id, Time};

/// How many must do the same until it holds, I among them: 1 where my word is enough.
pub type Takes = u32;

/// What I may do about a post or reply: with each, how many it takes; none where it is not mine to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MayModerate {
    /// Who wrote it: member id.
    pub member: Id,
    /// What that member is called.
    pub name: String,
    /// Whether I may write to them alone.
    pub write: bool,
    /// Show it folded.
    pub fold: Option<Takes>,
    /// Do not show it.
    pub hold: Option<Takes>,
    /// Take back what was done.
    pub restore: Option<Takes>,
    /// Pause all they post.
    pub pause: Option<Takes>,
}

impl MayModerate {
    /// Whether there is anything of it that I may do.
    pub fn any(&self) -> bool {
        self.write || [self.fold, self.hold, self.restore, self.pause].iter().any(Option::is_some)
    }
}

/// What I may do about a member: with each, how many it takes; none where it is not mine to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MayActOn {
    /// Make them a helper, or ask them to stay one.
    pub helper: Option<Takes>,
    /// Make them a facilitator, or ask them to stay one.
    pub facilitator: Option<Takes>,
    /// Set them back to helper.
    pub back_to_helper: Option<Takes>,
    /// Set them back to member.
    pub back_to_member: Option<Takes>,
    /// Remove them.
    pub remove: Option<Takes>,
    /// Vote for them.
    pub elect: Option<Takes>,
    /// Pause all they post, or end that.
    pub pause: Option<Takes>,
    /// Until when it is paused.
    pub paused_until: Option<Time>,
    /// Whether I may write to them alone.
    pub write: bool,
}

impl MayActOn {
    /// Whether there is anything of it that I may do, beside writing to them.
    pub fn any(&self) -> bool {
        let acts = [
            self.helper,
            self.facilitator,
            self.back_to_helper,
            self.back_to_member,
            self.remove,
            self.elect,
            self.pause,
        ];
        acts.iter().any(Option::is_some)
    }
}
