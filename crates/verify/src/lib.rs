//! Who is calling? A token and its issuer's keys in, a permit or a refusal that explains itself out.
