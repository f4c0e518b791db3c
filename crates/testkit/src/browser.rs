//! A person's browser: it keeps cookies, looks at pages, and sends the forms
//! it was shown.
#![expect(
    clippy::expect_used,
    reason = "a test's browser fails the test that uses it"
)]

use std::collections::BTreeMap;

use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Method, RequestBuilder, StatusCode};

/// A page as it came; redirects are not followed.
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// Where the browser is sent, if it is.
    pub location: Option<String>,
    /// The HTML.
    pub html: String,
    /// Every header.
    pub headers: HeaderMap,
}

/// A browser at one server.
pub struct Browser {
    origin: String,
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
    /// The hidden fields of the last page.
    hidden: BTreeMap<String, String>,
}

impl Browser {
    /// A browser that has never been at `origin`.
    pub fn new(origin: &str) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build();
        Self {
            origin: origin.to_owned(),
            http: http.expect("a client without settings builds"),
            cookies: BTreeMap::new(),
            hidden: BTreeMap::new(),
        }
    }

    /// Opens an address: absolute, or a path of the server.
    pub async fn open(&mut self, address: &str) -> Page {
        let request = self.http.request(Method::GET, self.absolute(address));
        self.send(request).await
    }

    /// Sends the form of the last page to `path`: its hidden fields, and these.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut form: BTreeMap<&str, &str> = self
            .hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        form.extend(fields.iter().copied());
        let request = self.http.request(Method::POST, self.absolute(path));
        self.send(request.form(&form)).await
    }

    /// Sends a form of these fields alone to `path`, as a page of somebody
    /// else's would have it sent: none of the last page, and with those headers.
    pub async fn send_form(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&'static str, &str)],
    ) -> Page {
        let request = self.http.request(Method::POST, self.absolute(path));
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        self.send(request.form(fields)).await
    }

    /// A hidden field of the last page.
    pub fn hidden(&self, name: &str) -> Option<&str> {
        self.hidden.get(name).map(String::as_str)
    }

    /// Keeps a cookie, as if the server had set it.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// The names of the cookies it keeps.
    pub fn cookies(&self) -> impl Iterator<Item = &str> {
        self.cookies.keys().map(String::as_str)
    }

    /// Sends the parts of a form that carries files: name, file name where it is
    /// one, content. The hidden fields of the last page go first.
    pub async fn upload<C: AsRef<[u8]>>(
        &mut self,
        path: &str,
        parts: &[(&str, Option<&str>, C)],
    ) -> Page {
        let hidden = self.hidden.clone();
        let first = ["csrf", "runtime"].into_iter();
        let first = first.filter_map(|name| hidden.get_key_value(name));
        let mut all: Vec<(&str, Option<&str>, &[u8])> = first
            .map(|(name, value)| (name.as_str(), None, value.as_bytes()))
            .collect();
        let parts = parts.iter();
        all.extend(parts.map(|(name, file, content)| (*name, *file, content.as_ref())));
        self.upload_only(path, &all).await
    }

    /// As [`Browser::upload`], and nothing but these parts.
    pub async fn upload_only<C: AsRef<[u8]>>(
        &mut self,
        path: &str,
        parts: &[(&str, Option<&str>, C)],
    ) -> Page {
        let mut body = Vec::new();
        for (name, file, content) in parts {
            let head = format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"");
            body.extend(head.as_bytes());
            if let Some(file) = file {
                body.extend(format!("; filename=\"{file}\"").as_bytes());
            }
            body.extend(b"\r\n\r\n");
            body.extend(content.as_ref());
            body.extend(b"\r\n");
        }
        body.extend(b"--limit--\r\n");
        let request = self.http.request(Method::POST, self.absolute(path));
        let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=limit");
        self.send(request.body(body)).await
    }

    /// Opens a one-time link and chooses a password; the person is then logged in.
    pub async fn choose_password(&mut self, link: &str, password: &str) -> Page {
        self.open(link).await;
        let fields = [("password", password), ("password_again", password)];
        self.submit("/oauth/link", &fields).await
    }

    /// Logs in by the account page.
    pub async fn log_in(&mut self, name: &str, password: &str) -> Page {
        self.open("/account").await;
        let fields = [("username", name), ("password", password)];
        self.submit("/oauth/login", &fields).await
    }

    /// Opens a device's address, as a person who is logged in, and answers it
    /// with `allow` or `deny`; the page that tells what came of it.
    pub async fn answer_device(&mut self, address: &str, action: &str) -> Page {
        self.open(address).await;
        self.submit("/device", &[("action", action)]).await;
        self.open(address).await
    }

    fn absolute(&self, address: &str) -> String {
        if address.starts_with('/') {
            format!("{}{address}", self.origin)
        } else {
            address.to_owned()
        }
    }

    async fn send(&mut self, request: RequestBuilder) -> Page {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let response = request
            .header(ACCEPT, "text/html")
            .header(COOKIE, cookies.join("; "))
            .send()
            .await
            .expect("the server answers");
        for cookie in response.headers().get_all(SET_COOKIE) {
            self.keep(cookie.to_str().expect("a cookie is text"));
        }
        let status = response.status();
        let location = response.headers().get(LOCATION);
        let location = location.map(|value| value.to_str().expect("an address is text").to_owned());
        let headers = response.headers().clone();
        let html = response.text().await.expect("a page is text");
        self.hidden = hidden_fields(&html);
        Page {
            status,
            location,
            html,
            headers,
        }
    }

    fn keep(&mut self, cookie: &str) {
        let pair = cookie.split(';').next().unwrap_or_default();
        match pair.split_once('=') {
            Some((name, "")) => self.cookies.remove(name),
            Some((name, value)) => self.cookies.insert(name.to_owned(), value.to_owned()),
            None => None,
        };
    }
}

/// The first value of each hidden field.
fn hidden_fields(html: &str) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for input in html.split("<input type=\"hidden\" name=\"").skip(1) {
        let Some((name, rest)) = input.split_once("\" value=\"") else {
            continue;
        };
        let value = rest.split('"').next().unwrap_or_default();
        fields
            .entry(name.to_owned())
            .or_insert_with(|| unescaped(value));
    }
    fields
}

/// An attribute's value, with the characters that pages write as references.
fn unescaped(value: &str) -> String {
    let references = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
    ];
    let value = references
        .iter()
        .fold(value.to_owned(), |value, (reference, meant)| {
            value.replace(reference, meant)
        });
    value.replace("&#38;", "&")
}
