//! Every sentence of the pages: a file per page, a constant per language, so
//! that the compiler proves each complete. `{name}` is a gap.

mod connect;
mod frame;
mod home;
mod journeys;
mod runtimes;
mod trouble;

use shukuba_pages::Language;

pub(super) use connect::ConnectTexts;
pub(super) use frame::FrameTexts;
pub(super) use home::HomeTexts;
pub(super) use journeys::JourneyTexts;
pub(super) use runtimes::RuntimeTexts;
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

/// Of connecting a client.
pub(super) fn connect(language: Language) -> &'static ConnectTexts {
    match language {
        Language::English => &connect::ENGLISH,
        Language::Japanese => &connect::JAPANESE,
    }
}

/// Of runtimes.
pub(super) fn runtimes(language: Language) -> &'static RuntimeTexts {
    match language {
        Language::English => &runtimes::ENGLISH,
        Language::Japanese => &runtimes::JAPANESE,
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
