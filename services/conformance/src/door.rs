//! The clauses about settings, the probe and webhooks.

use commerce::Kind;
use ports::{Fault, Knock, Severity};
use sandbox::Fault as Trouble;
use serde_json::{Value, json};

use crate::clause::{Checked, Clause, Subject};
use crate::stage::{Stage, words};

const fn must(name: &'static str, check: crate::clause::Check) -> Clause {
    Clause::must(name, Subject::Door, check)
}

pub(crate) const CLAUSES: &[Clause] = &[
    must("refuses-unknown-settings", |stage, _| {
        Box::pin(async move { refuses_unknown_settings(stage) })
    }),
    must("explains-its-settings", |stage, _| {
        Box::pin(async move { explains_its_settings(stage) })
    }),
    must("probes", |stage, _| Box::pin(probes(stage))),
    must("tells-bad-credentials", |stage, kind| {
        Box::pin(tells_bad_credentials(stage, kind))
    }),
    must("hears-its-webhooks-only", |stage, _| {
        Box::pin(async move { hears_its_webhooks_only(stage) })
    }),
];

fn refuses_unknown_settings(stage: &Stage) -> Checked {
    let mut settings = stage.subject.settings.clone();
    let Some(all) = settings.as_object_mut() else {
        return Err("its settings are no object".to_owned());
    };
    all.insert("colour".to_owned(), "blue".into());
    match (stage.subject.endpoint.check)(&settings) {
        Ok(()) => Err("'colour' is taken".to_owned()),
        Err(error) if error.to_string().contains("colour") => Ok(()),
        Err(error) => Err(format!("the setting is not named: {error}")),
    }
}

/// Every setting has a description, at every depth.
fn explains_its_settings(stage: &Stage) -> Checked {
    let schema = (stage.subject.endpoint.schema)();
    let mut bare = Vec::new();
    look_for_bare(&schema, "", &mut bare);
    if bare.is_empty() {
        Ok(())
    } else {
        Err(format!("without a word: {}", bare.join(", ")))
    }
}

fn look_for_bare(schema: &Value, path: &str, bare: &mut Vec<String>) {
    match schema {
        Value::Object(fields) => {
            let properties = fields.get("properties").and_then(Value::as_object);
            for (name, property) in properties.into_iter().flatten() {
                let explained = ["description", "const", "$ref"];
                if !explained.iter().any(|word| property.get(word).is_some()) {
                    bare.push(format!("{path}{name}"));
                }
            }
            for (name, inner) in fields {
                look_for_bare(inner, &format!("{path}{name}."), bare);
            }
        }
        Value::Array(all) => all
            .iter()
            .for_each(|inner| look_for_bare(inner, path, bare)),
        _ => {}
    }
}

async fn probes(stage: &mut Stage) -> Checked {
    let health = stage.connected().probe.probe().await.map_err(words)?;
    if health.identity.is_empty() {
        return Err("it does not say whom it reached".to_owned());
    }
    let bad = health
        .findings
        .iter()
        .find(|finding| finding.severity == Severity::Bad);
    bad.map_or(Ok(()), |finding| {
        Err(format!("{}: {}", finding.what, finding.detail))
    })
}

async fn tells_bad_credentials(stage: &mut Stage, kind: Kind) -> Checked {
    stage.trouble(Trouble::Expire);
    let probed = stage.connected().probe.probe().await;
    let read = match stage.source() {
        Ok(source) => {
            let cursor = source.cursor_at(kind, ports::Clock::now(&*stage.clock));
            let page = source.page(kind, &cursor).await;
            page.map(drop)
        }
        Err(_) => Ok(()),
    };
    stage.calm();
    let told_by_probe = match &probed {
        Err(Fault::Unauthorized { .. }) => true,
        Ok(health) => (health.findings.iter()).any(|one| one.severity == Severity::Bad),
        Err(_) => false,
    };
    if !told_by_probe {
        return Err(format!("the probe says {probed:?}"));
    }
    match read {
        Err(Fault::Unauthorized { .. }) => Ok(()),
        other => Err(format!("reading says {other:?}")),
    }
}

fn hears_its_webhooks_only(stage: &Stage) -> Checked {
    let bell = (stage.subject.endpoint.doorbell)(&stage.subject.settings).map_err(words)?;
    let (bell, (headers, body)) = match (bell, stage.subject.stand.knock(&stage.sandbox)) {
        (None, None) => return Ok(()),
        (Some(bell), Some(call)) => (bell, call),
        (Some(_), None) => return Err("the stand-in sends none".to_owned()),
        (None, Some(_)) => return Err("it has no ear for what its system sends".to_owned()),
    };
    let answer = |headers: &_, body: &[u8]| bell.answer(&Knock { headers, body });
    answer(&headers, &body).map_err(|fault| format!("a genuine one is refused: {fault}"))?;
    let mut forged = body;
    forged.push(b' ');
    if answer(&headers, &forged).is_ok() {
        return Err("one with another body is taken".to_owned());
    }
    let nothing = json!({}).to_string().into_bytes();
    match answer(&std::collections::BTreeMap::new(), &nothing) {
        Err(_) => Ok(()),
        Ok(_) => Err("one without a signature is taken".to_owned()),
    }
}
