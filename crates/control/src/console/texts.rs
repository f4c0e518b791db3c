//! Every sentence of the pages: a file per page, a constant per language, so
//! that the compiler proves each complete. `{name}` is a gap.

mod application_new;
mod applications;
mod frame;
mod home;
mod journeys;
mod registration;
mod trouble;

use shukuba_pages::Language;

pub(super) use application_new::NewTexts;
pub(super) use applications::ApplicationTexts;
pub(super) use frame::FrameTexts;
pub(super) use home::HomeTexts;
pub(super) use journeys::JourneyTexts;
pub(super) use registration::RegistrationTexts;
pub(super) use trouble::TroubleTexts;

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
