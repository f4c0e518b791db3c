//! Every sentence of the pages: a file per page, a constant per language, so
//! that the compiler proves each complete. `{name}` is a gap.

mod apis;
mod application_import;
mod application_new;
mod applications;
mod audit;
mod connect;
mod frame;
mod home;
mod inspector;
mod journeys;
mod keys;
mod launches;
mod lists;
mod registration;
mod rules;
mod runtimes;
mod saved_rules;
mod settings;
mod tokens;
mod tools;
mod traffic;
mod trouble;
mod users;

use shukuba_pages::Language;

pub(super) use apis::ApiTexts;
pub(super) use application_import::ImportTexts;
pub(super) use application_new::NewTexts;
pub(super) use applications::ApplicationTexts;
pub(super) use audit::AuditTexts;
pub(super) use connect::ConnectTexts;
pub(super) use frame::FrameTexts;
pub(super) use home::HomeTexts;
pub(super) use inspector::InspectorTexts;
pub(super) use journeys::JourneyTexts;
pub(super) use keys::KeyTexts;
pub(super) use launches::LaunchTexts;
pub(super) use lists::ListTexts;
pub(super) use registration::RegistrationTexts;
pub(super) use rules::RuleTexts;
pub(super) use runtimes::RuntimeTexts;
pub(super) use saved_rules::SavedRuleTexts;
pub(super) use settings::SettingTexts;
pub(super) use tokens::TokenTexts;
pub(super) use tools::ToolTexts;
pub(super) use traffic::TrafficTexts;
pub(super) use trouble::TroubleTexts;
pub(super) use users::UserTexts;

/// Of the frame.
pub(super) fn frame(language: Language) -> &'static FrameTexts {
    match language {
        Language::English => &frame::ENGLISH,
        Language::Japanese => &frame::JAPANESE,
    }
}

/// Of applications.
pub(super) fn applications(language: Language) -> &'static ApplicationTexts {
    match language {
        Language::English => &applications::ENGLISH,
        Language::Japanese => &applications::JAPANESE,
    }
}

/// Of a new application.
pub(super) fn application_new(language: Language) -> &'static NewTexts {
    match language {
        Language::English => &application_new::ENGLISH,
        Language::Japanese => &application_new::JAPANESE,
    }
}

/// Of a document that is imported.
pub(super) fn application_import(language: Language) -> &'static ImportTexts {
    match language {
        Language::English => &application_import::ENGLISH,
        Language::Japanese => &application_import::JAPANESE,
    }
}

/// Of the first page.
pub(super) fn home(language: Language) -> &'static HomeTexts {
    match language {
        Language::English => &home::ENGLISH,
        Language::Japanese => &home::JAPANESE,
    }
}

/// Of trying tools.
pub(super) fn tools(language: Language) -> &'static ToolTexts {
    match language {
        Language::English => &tools::ENGLISH,
        Language::Japanese => &tools::JAPANESE,
    }
}

/// Of connecting a client.
pub(super) fn connect(language: Language) -> &'static ConnectTexts {
    match language {
        Language::English => &connect::ENGLISH,
        Language::Japanese => &connect::JAPANESE,
    }
}

/// Of the form of who may call a runtime.
pub(super) fn rules(language: Language) -> &'static RuleTexts {
    match language {
        Language::English => &rules::ENGLISH,
        Language::Japanese => &rules::JAPANESE,
    }
}

/// Of what rules that were just saved mean.
pub(super) fn saved_rules(language: Language) -> &'static SavedRuleTexts {
    match language {
        Language::English => &saved_rules::ENGLISH,
        Language::Japanese => &saved_rules::JAPANESE,
    }
}

/// Of the chart of calls and refusals.
pub(super) fn traffic(language: Language) -> &'static TrafficTexts {
    match language {
        Language::English => &traffic::ENGLISH,
        Language::Japanese => &traffic::JAPANESE,
    }
}

/// Of long lists.
pub(super) fn lists(language: Language) -> &'static ListTexts {
    match language {
        Language::English => &lists::ENGLISH,
        Language::Japanese => &lists::JAPANESE,
    }
}

/// Of runtimes.
pub(super) fn runtimes(language: Language) -> &'static RuntimeTexts {
    match language {
        Language::English => &runtimes::ENGLISH,
        Language::Japanese => &runtimes::JAPANESE,
    }
}

/// Of launches.
pub(super) fn launches(language: Language) -> &'static LaunchTexts {
    match language {
        Language::English => &launches::ENGLISH,
        Language::Japanese => &launches::JAPANESE,
    }
}

/// Of journeys.
pub(super) fn journeys(language: Language) -> &'static JourneyTexts {
    match language {
        Language::English => &journeys::ENGLISH,
        Language::Japanese => &journeys::JAPANESE,
    }
}

/// Of what lets clients register themselves.
pub(super) fn registration(language: Language) -> &'static RegistrationTexts {
    match language {
        Language::English => &registration::ENGLISH,
        Language::Japanese => &registration::JAPANESE,
    }
}

/// Of what keeps a person from a page.
pub(super) fn trouble(language: Language) -> &'static TroubleTexts {
    match language {
        Language::English => &trouble::ENGLISH,
        Language::Japanese => &trouble::JAPANESE,
    }
}

/// Of refusals and the audit log.
pub(super) fn audit(language: Language) -> &'static AuditTexts {
    match language {
        Language::English => &audit::ENGLISH,
        Language::Japanese => &audit::JAPANESE,
    }
}

/// Of the signing keys.
pub(super) fn keys(language: Language) -> &'static KeyTexts {
    match language {
        Language::English => &keys::ENGLISH,
        Language::Japanese => &keys::JAPANESE,
    }
}

/// Of the settings.
pub(super) fn settings(language: Language) -> &'static SettingTexts {
    match language {
        Language::English => &settings::ENGLISH,
        Language::Japanese => &settings::JAPANESE,
    }
}

/// Of people.
pub(super) fn users(language: Language) -> &'static UserTexts {
    match language {
        Language::English => &users::ENGLISH,
        Language::Japanese => &users::JAPANESE,
    }
}

/// Of APIs.
pub(super) fn apis(language: Language) -> &'static ApiTexts {
    match language {
        Language::English => &apis::ENGLISH,
        Language::Japanese => &apis::JAPANESE,
    }
}

/// Of tokens.
pub(super) fn tokens(language: Language) -> &'static TokenTexts {
    match language {
        Language::English => &tokens::ENGLISH,
        Language::Japanese => &tokens::JAPANESE,
    }
}

/// Of the token inspector.
pub(super) fn inspector(language: Language) -> &'static InspectorTexts {
    match language {
        Language::English => &inspector::ENGLISH,
        Language::Japanese => &inspector::JAPANESE,
    }
}
