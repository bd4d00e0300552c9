//! From what a person types to the records meant.

use anyhow::bail;
use proto::control::v1::{FindRecordsRequest, RecordName, RecordRow};

use super::connect::{Control, told};
use super::output::one_line;

/// The one record of a sync that goes by this id or number, at either end.
///
/// # Errors
/// That there is none, or which ones there are.
pub(super) async fn one(
    control: &mut Control,
    sync: &str,
    number: &str,
) -> anyhow::Result<RecordName> {
    match look(control, sync, number).await? {
        Some(one) => Ok(one),
        None => bail!("sync '{sync}' knows no record by the number or id '{number}'"),
    }
}

/// As [`one`]; of what the sync never read, the record of this id at its source.
///
/// # Errors
/// Which ones there are of several.
pub(super) async fn one_or_unread(
    control: &mut Control,
    sync: &str,
    number: &str,
) -> anyhow::Result<RecordName> {
    let unread = || RecordName {
        sync: sync.to_owned(),
        id: number.to_owned(),
        ..RecordName::default()
    };
    Ok(look(control, sync, number).await?.unwrap_or_else(unread))
}

async fn look(
    control: &mut Control,
    sync: &str,
    number: &str,
) -> anyhow::Result<Option<RecordName>> {
    let request = FindRecordsRequest {
        sync: sync.to_owned(),
        number: number.to_owned(),
        ..FindRecordsRequest::default()
    };
    let found = control
        .find_records(request)
        .await
        .map_err(told)?
        .into_inner()
        .records;
    match choose(&found, number).as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        several => {
            let ids: Vec<String> = several.iter().map(|name| one_line(&name.id)).collect();
            bail!(
                "'{number}' is not one record of sync '{sync}' but several: name one by its id: {}",
                ids.join(", ")
            )
        }
    }
}

/// An id means one record; a number may be the number of several.
fn choose(found: &[RecordRow], number: &str) -> Vec<RecordName> {
    let names: Vec<RecordName> = found.iter().filter_map(|row| row.name.clone()).collect();
    match names.iter().find(|name| name.id == number) {
        Some(exact) => vec![exact.clone()],
        None => names,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, number: &str) -> RecordRow {
        let name = RecordName {
            sync: "orders".into(),
            kind: "order".into(),
            id: id.into(),
        };
        RecordRow {
            name: Some(name),
            number: number.into(),
            ..RecordRow::default()
        }
    }

    fn ids(found: &[RecordRow], number: &str) -> Vec<String> {
        choose(found, number)
            .into_iter()
            .map(|name| name.id)
            .collect()
    }

    #[test]
    fn an_id_wins_over_a_number_that_reads_the_same() {
        assert_eq!(ids(&[row("1", "1001"), row("1001", "7")], "1001"), ["1001"]);
    }

    #[test]
    fn a_number_of_several_records_names_them_all() {
        assert_eq!(ids(&[row("1", "A"), row("2", "A")], "A"), ["1", "2"]);
        assert_eq!(ids(&[], "A"), Vec::<String>::new());
    }
}
