//! What tools print when they fail, by cause.

/// What Python prints when it cannot make a virtual environment.
pub(super) const NO_VENV: &[&str] = &[
    "ensurepip",
    "No module named venv",
    "No module named 'venv'",
    "python3-venv",
];

/// What pip and uv print when an index cannot be reached.
pub(super) const NETWORK: &[&str] = &[
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "Name or service not known",
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
    "Cannot connect to proxy",
    "Max retries exceeded with url",
    "SSLError",
    "CERTIFICATE_VERIFY_FAILED",
    "error sending request for url",
    "client error (Connect)",
    "dns error",
    "tcp connect error",
    "Could not connect, are you offline?",
    "Failed to fetch:",
    "Failed to download",
    "Network connectivity is disabled",
    "Network is unreachable",
];

/// What cargo prints when the registry cannot be reached.
pub(super) const CARGO_NETWORK: &[&str] = &[
    "spurious network error",
    "Could not resolve host",
    "Could not connect to server",
    "Failed to connect to",
    "download of config.json failed",
    "failed to download from",
    "you may want to run with --offline",
    "you may be offline",
    "Timeout was reached",
];

/// What pip and uv print when a requirement is at fault.
pub(super) const REQUIREMENT: &[&str] = &[
    "Invalid requirement",
    "No matching distribution found",
    "Could not find a version that satisfies",
    "ResolutionImpossible",
    "conflicting dependencies",
    "No solution found when resolving",
    "Couldn't parse requirement",
    "was not found in the package registry",
    "Could not open requirements file",
    "Failed to parse",
    "Expected package name",
    "Hint: It looks like a path",
];

/// Whether any line contains one of the signs.
pub(super) fn mentions(output: &[String], signs: &[&str]) -> bool {
    output
        .iter()
        .any(|line| signs.iter().any(|sign| line.contains(sign)))
}
