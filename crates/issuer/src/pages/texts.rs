//! Every sentence of the pages. A language is one constant, so that the compiler
//! proves each complete. `{name}` is a gap.

mod english;
mod japanese;

pub(super) use english::ENGLISH;
pub(super) use japanese::JAPANESE;

/// Every sentence, in one language.
pub(crate) struct Texts {
    /// Stands for a name that is empty.
    pub(crate) nameless: &'static str,
    /// What the switch is.
    pub(crate) language_label: &'static str,
    /// The other language, in itself.
    pub(crate) language_other: &'static str,
    /// The title of a problem page.
    pub(crate) problem_title: &'static str,
    /// Stands above what to do.
    pub(crate) problem_fix: &'static str,
    /// Stands before the error code.
    pub(crate) problem_code: &'static str,
    /// A form without a proof.
    pub(crate) forged_what: &'static str,
    pub(crate) forged_fix: &'static str,
    /// A body that is no form.
    pub(crate) unreadable_what: &'static str,
    pub(crate) unreadable_fix: &'static str,
    /// A one-time link that does not work.
    pub(crate) link_gone_what: &'static str,
    pub(crate) link_gone_fix: &'static str,
    /// Our own failure.
    pub(crate) server_what: &'static str,
    pub(crate) server_fix: &'static str,
    /// The login page.
    pub(crate) login_title: &'static str,
    /// Who asks for the login.
    pub(crate) login_for: &'static str,
    pub(crate) user_name: &'static str,
    pub(crate) password: &'static str,
    pub(crate) login_button: &'static str,
    pub(crate) login_wrong: &'static str,
    pub(crate) login_throttled: &'static str,
    pub(crate) login_help: &'static str,
    /// Choosing a password.
    pub(crate) choose_title: &'static str,
    pub(crate) choose_lead: &'static str,
    pub(crate) password_new: &'static str,
    pub(crate) password_again: &'static str,
    pub(crate) password_rule: &'static str,
    pub(crate) choose_button: &'static str,
    pub(crate) password_short: &'static str,
    pub(crate) password_long: &'static str,
    pub(crate) password_differs: &'static str,
    pub(crate) password_wrong: &'static str,
    /// The consent page.
    pub(crate) consent_title: &'static str,
    pub(crate) consent_heading: &'static str,
    pub(crate) verified: &'static str,
    pub(crate) unverified: &'static str,
    /// Stands before the host of the client's home page.
    pub(crate) client_host: &'static str,
    /// Stands before the host of the client's document.
    pub(crate) document_host: &'static str,
    /// Stands before the runtime.
    pub(crate) consent_runtime: &'static str,
    /// Stands before the scopes.
    pub(crate) consent_scopes: &'static str,
    /// Stands before the redirect host.
    pub(crate) consent_back: &'static str,
    /// No scope of the API itself was asked for.
    pub(crate) use_tools: &'static str,
    pub(crate) warn_unverified: &'static str,
    pub(crate) warn_document: &'static str,
    pub(crate) warn_loopback: &'static str,
    pub(crate) allow: &'static str,
    pub(crate) deny: &'static str,
    pub(crate) logged_in_as: &'static str,
    pub(crate) other_user: &'static str,
    /// The operator does not let them in.
    pub(crate) not_allowed_title: &'static str,
    pub(crate) not_allowed_what: &'static str,
    pub(crate) not_allowed_fix: &'static str,
    pub(crate) back_to: &'static str,
    /// Typing a device's code.
    pub(crate) device_title: &'static str,
    pub(crate) device_lead: &'static str,
    pub(crate) device_code: &'static str,
    pub(crate) device_next: &'static str,
    pub(crate) device_wrong: &'static str,
    pub(crate) device_confirm_heading: &'static str,
    /// Stands before the code.
    pub(crate) device_check: &'static str,
    /// Stands before the device's address.
    pub(crate) device_address: &'static str,
    pub(crate) warn_device: &'static str,
    pub(crate) device_allowed_title: &'static str,
    pub(crate) device_allowed: &'static str,
    pub(crate) device_denied_title: &'static str,
    pub(crate) device_denied: &'static str,
    /// The question before a logout.
    pub(crate) logout_title: &'static str,
    pub(crate) logout_what: &'static str,
    pub(crate) logout_button: &'static str,
    pub(crate) to_account: &'static str,
    pub(crate) logged_out_title: &'static str,
    pub(crate) logged_out_what: &'static str,
    pub(crate) login_again: &'static str,
    /// The account page.
    pub(crate) account_title: &'static str,
    pub(crate) connections_title: &'static str,
    pub(crate) connections_none: &'static str,
    pub(crate) connected_since: &'static str,
    pub(crate) last_used: &'static str,
    pub(crate) revoke: &'static str,
    pub(crate) sessions_title: &'static str,
    pub(crate) this_session: &'static str,
    pub(crate) last_seen: &'static str,
    pub(crate) address: &'static str,
    pub(crate) end_session: &'static str,
    pub(crate) unknown_browser: &'static str,
    pub(crate) password_title: &'static str,
    pub(crate) password_now: &'static str,
    pub(crate) password_button: &'static str,
    pub(crate) password_note: &'static str,
    pub(crate) done_revoked: &'static str,
    pub(crate) done_ended: &'static str,
    pub(crate) done_password: &'static str,
    /// The scope `openid` in words.
    pub(crate) scope_openid: &'static str,
    /// The scope `profile` in words.
    pub(crate) scope_profile: &'static str,
    /// The scope `email` in words.
    pub(crate) scope_email: &'static str,
    /// The scope `offline_access` in words.
    pub(crate) scope_offline_access: &'static str,
}

impl Texts {
    /// What a scope of OpenID Connect means; `None` for the scopes of an API.
    pub(super) fn scope(&self, scope: &str) -> Option<&'static str> {
        match scope {
            "openid" => Some(self.scope_openid),
            "profile" => Some(self.scope_profile),
            "email" => Some(self.scope_email),
            "offline_access" => Some(self.scope_offline_access),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(sentence: &str) -> Vec<&str> {
        let mut gaps: Vec<_> = sentence
            .split('{')
            .skip(1)
            .map(|rest| rest.split('}').next().unwrap())
            .collect();
        gaps.sort_unstable();
        gaps
    }

    #[test]
    fn a_sentence_has_the_same_gaps_in_both_languages() {
        for (english, japanese) in ENGLISH.all().iter().zip(JAPANESE.all()) {
            assert_eq!(gaps(english), gaps(japanese), "{english}");
            assert!(!english.is_empty() && !japanese.is_empty());
        }
    }

    impl Texts {
        /// The sentences that have gaps.
        fn all(&self) -> Vec<&'static str> {
            vec![
                self.login_for,
                self.login_throttled,
                self.choose_lead,
                self.consent_heading,
                self.logged_in_as,
                self.not_allowed_what,
                self.back_to,
                self.device_confirm_heading,
                self.device_allowed,
                self.device_denied,
                self.logout_what,
            ]
        }
    }
}
