//! Every sentence of the pages: a file per page, a constant per language, so
//! that the compiler proves each complete. `{name}` is a gap.

mod frame;
mod home;
mod journeys;
mod trouble;

use shukuba_pages::Language;

pub(super) use frame::FrameTexts;
pub(super) use home::HomeTexts;
pub(super) use journeys::JourneyTexts;
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
