//! Assembly: settings to parts to listeners, and shutdown.
