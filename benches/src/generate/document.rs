//! A JSON object under construction. Nothing that is put in needs an escape.

use std::fmt::{Display, Write};

pub(crate) struct Document(String);

impl Document {
    pub(crate) fn new(kind: &str) -> Self {
        Self(format!(r#"{{"kind":"{kind}""#))
    }

    /// A number, true or false, or JSON as it stands.
    pub(crate) fn put(mut self, key: &str, value: impl Display) -> Self {
        // Writing to a string does not fail.
        let _ = write!(self.0, r#","{key}":{value}"#);
        self
    }

    pub(crate) fn text(self, key: &str, text: impl Display) -> Self {
        self.put(key, format_args!("\"{text}\""))
    }

    pub(crate) fn texts(self, key: &str, texts: &[String]) -> Self {
        let quoted: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
        self.put(key, format_args!("[{}]", quoted.join(",")))
    }

    pub(crate) fn text_if(self, key: &str, text: Option<impl Display>) -> Self {
        match text {
            Some(text) => self.text(key, text),
            None => self,
        }
    }

    pub(crate) fn close(mut self) -> String {
        self.0.push('}');
        self.0
    }
}
