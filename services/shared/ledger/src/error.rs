//! What a database's error means for the caller.

use ports::LedgerError;

pub(crate) type Result<T> = std::result::Result<T, LedgerError>;

pub(crate) fn database(error: sqlx::Error) -> LedgerError {
    match error {
        sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Decode(_)
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::TypeNotFound { .. } => LedgerError::Data(error.to_string()),
        sqlx::Error::Configuration(why) => LedgerError::Configuration(why.to_string()),
        other => LedgerError::Unavailable(other.to_string()),
    }
}

pub(crate) fn unreadable(what: &str, why: impl std::fmt::Display) -> LedgerError {
    LedgerError::Data(format!("{what}: {why}"))
}
