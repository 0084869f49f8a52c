//! Events about the record itself: corrections, which never change what they correct.

use crate::event::Kind;
use crate::event::schema::keys;
use crate::event::value::Changes;
use crate::identifier::EventId;

keys! {
    /// The record was wrong: the event reads otherwise from now on; the original stays readable
    Amendment {
        required of: EventId => Kind::FACTS, "the event";
        required set: Changes, "new values; null removes an optional key";
        required reason: String, "why";
    }
}

keys! {
    /// It should not have been recorded; retracting a retraction reinstates
    Retraction {
        required of: EventId => Kind::RETRACTABLE, "the event";
        required reason: String, "why";
    }
}

keys! {
    /// The content of an event is erased; made only by `dispute redact`
    Redaction {
        required of: EventId => Kind::REDACTABLE, "the event";
        required reason: String, "why";
        optional authority: String, "who ordered it";
    }
}
