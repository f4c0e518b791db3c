//! Every sentence of the pages: a file per page, a constant per language, so
//! that the compiler proves each complete. `{name}` is a gap.

mod apis;
mod frame;
mod home;
mod inspector;
mod journeys;
mod tokens;
mod trouble;

use shukuba_pages::Language;

pub(super) use apis::ApiTexts;
pub(super) use frame::FrameTexts;
pub(super) use home::HomeTexts;
pub(super) use inspector::InspectorTexts;
pub(super) use journeys::JourneyTexts;
pub(super) use tokens::TokenTexts;
pub(super) use trouble::TroubleTexts;

/// Of the frame.
pub(super) fn frame(language: Language) -> &'static FrameTexts {
    match language {
        Language::English => &frame::ENGLISH,
        Language::Japanese => &frame::JAPANESE,
    }
}

/// Of the first page.
pub(super) fn home(language: Language) -> &'static HomeTexts {
    match language {
        Language::English => &home::ENGLISH,
        Language::Japanese => &home::JAPANESE,
    }
}

/// Of journeys.
pub(super) fn journeys(language: Language) -> &'static JourneyTexts {
    match language {
        Language::English => &journeys::ENGLISH,
        Language::Japanese => &journeys::JAPANESE,
    }
}

/// Of what keeps a person from a page.
pub(super) fn trouble(language: Language) -> &'static TroubleTexts {
    match language {
        Language::English => &trouble::ENGLISH,
        Language::Japanese => &trouble::JAPANESE,
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
