//! How events and steps are kept: a format byte, then lz4 with the plain length in front.

use ports::LedgerError;
use ports::ledger::Step;

use crate::error::{Result, unreadable};

/// lz4 block, length prepended. A later format takes the next number; this one stays readable.
const LZ4: u8 = 1;

/// Far above any event or journey; a broken length must not make us ask for all memory.
const MOST_BYTES: usize = 256 << 20;

pub(crate) fn pack(plain: &[u8]) -> Vec<u8> {
    let mut blob = vec![LZ4];
    blob.extend(lz4_flex::compress_prepend_size(plain));
    blob
}

pub(crate) fn unpack(blob: &[u8]) -> Result<Vec<u8>> {
    let Some((&LZ4, body)) = blob.split_first() else {
        return Err(LedgerError::Data(
            "a stored event or journey has a format that this version does not know".to_owned(),
        ));
    };
    let broken = |error| unreadable("a stored event or journey is damaged", error);
    let (length, rest) = lz4_flex::block::uncompressed_size(body).map_err(broken)?;
    if length > MOST_BYTES {
        return Err(unreadable(
            "a stored event or journey is damaged",
            "impossible length",
        ));
    }
    lz4_flex::decompress(rest, length).map_err(broken)
}

pub(crate) fn pack_steps(steps: &[Step]) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(steps).map_err(|error| unreadable("steps", error))?;
    Ok(pack(&plain))
}

pub(crate) fn unpack_steps(blob: &[u8]) -> Result<Vec<Step>> {
    serde_json::from_slice(&unpack(blob)?).map_err(|error| unreadable("a stored journey", error))
}

#[cfg(test)]
mod tests {
    use ports::Exchange;
    use ports::ledger::StepKind;

    use super::*;

    fn steps() -> Vec<Step> {
        vec![Step {
            at: "2026-01-02T03:04:05Z".parse().unwrap(),
            kind: StepKind::Written,
            note: "created".to_owned(),
            push: None,
            exchange: Some(Exchange {
                method: "POST".to_owned(),
                url: "https://example.test/salesOrder".to_owned(),
                request: "{}".to_owned(),
                reply: None,
                took_ms: 12,
                error: None,
                kept: None,
            }),
        }]
    }

    #[test]
    fn blobs_survive_the_round_trip() {
        for plain in [&b""[..], b"x", &[7; 10_000]] {
            assert_eq!(unpack(&pack(plain)).unwrap(), plain);
        }
        assert_eq!(
            unpack_steps(&pack_steps(&steps()).unwrap()).unwrap(),
            steps()
        );
    }

    /// Stored by the first version. Whatever changes, it stays readable.
    #[test]
    fn a_journey_of_the_first_version_is_readable() {
        let stored = include_bytes!("../golden/steps-v1.bin");
        assert_eq!(unpack_steps(stored).unwrap(), steps());
    }

    #[test]
    fn damage_is_an_error() {
        assert!(unpack(&[]).is_err());
        assert!(unpack(&[9, 1, 2]).is_err());
        assert!(unpack(&[LZ4, 255, 255, 255, 255, 0]).is_err());
        let mut cut = pack(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        cut.truncate(8);
        assert!(unpack(&cut).is_err());
    }
}
