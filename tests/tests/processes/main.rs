//! The real binary as real processes that are killed with `kill -9` while they work. Whatever the moment: one sale is one sales order, one
//! shipment is one fulfilment, and in the end nothing is left to do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::sync::Arc;
use std::time::Duration;

use causeway_scenarios::{
    Installation, Metrics, Phase, Role, configuration, database, differences, free_port, leftovers,
    open_intents, unseen_records, until,
};
use commerce::MerchantId;
use ports::{Clock as _, Ledger, Queue, SystemClock};
use sandbox::netsuite::Shift;
use sandbox::{Options, Sandbox};
use serde_json::Value;

const ORDERS: u32 = 120;
async fn sandbox() -> Sandbox {
    let mut options = Options {
        seed: 5,
        orders: ORDERS,
        ..Options::default()
    };
    // Everything can come through: what a person would have to settle first is not what is tried here.
    options.shopify.worked_by_hand = false;
    options.shopify.settings.bucket = None;
    options.netsuite.settings.concurrency = 8;
    options.netsuite.settings.lock_after = 0;
    // Slow enough that a kill meets a write under way.
    options.netsuite.settings.save_ms = [20, 120];
    options.shopify.settings.write_delay_ms = 20;
    Sandbox::start(options).await.unwrap()
}

/// Kills a role again and again: each time that the sandbox has taken some more writes.
async fn harass(sandbox: &Sandbox, roles: &mut [Role<'_>], chosen: &[usize], every: u64) {
    for victim in chosen {
        let before = causeway_scenarios::writes(sandbox);
        // The end of all work is progress enough.
        for _ in 0..100 {
            if causeway_scenarios::writes(sandbox) >= before + every {
                break;
            }
            SystemClock.sleep(Duration::from_millis(100)).await;
        }
        roles[*victim].kill_and_start_again();
    }
}

/// Waits until the ledger has seen everything and has nothing unfinished.
async fn settled(
    what: &str,
    sandbox: &Sandbox,
    ledger: &dyn Ledger,
    merchant: &MerchantId,
    roles: &mut [Role<'_>],
) {
    until(what, async || {
        roles.iter_mut().for_each(Role::assert_alive);
        let mut left: Vec<String> = ledger
            .counts(merchant)
            .await
            .unwrap()
            .into_iter()
            .filter(|count| count.status.is_unfinished() && count.records > 0)
            .map(|count| {
                format!(
                    "{}: {} {}",
                    count.sync,
                    count.records,
                    count.status.as_str()
                )
            })
            .collect();
        left.extend(unseen_records(sandbox, ledger, merchant).await);
        left.extend(causeway_scenarios::stock(sandbox));
        if left.is_empty() {
            Ok(())
        } else {
            Err(left.join("\n"))
        }
    })
    .await;
}

async fn assert_all_sides_agree(sandbox: &Sandbox, ledger: &dyn Ledger, merchant: &MerchantId) {
    assert_eq!(differences(sandbox, ledger, merchant).await, [""; 0]);
    for phase in Phase::ALL {
        let open = open_intents(ledger, &phase.sync(merchant), SystemClock.now()).await;
        assert_eq!(open, [""; 0], "intents left open");
    }
}

/// What people ask of roles that are processes of their own: control hands it on, and holds no credentials itself.
fn asked_from_outside(ask: impl Fn(&[&str]) -> (i32, String)) {
    let (code, told) = ask(&["audit", "--now", "orders"]);
    assert_eq!(code, 0, "{told}");
    let (_, told) = ask(&[
        "records",
        "--sync",
        "orders",
        "--status",
        "synced",
        "--status",
        "unchanged",
        "--json",
    ]);
    let rows: Value = serde_json::from_str(&told).expect(&told);
    let number = rows[0]["number"].as_str().expect(&told);
    let (code, told) = ask(&["dry-run", "orders", number]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("nothing would have to be written"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn roles_are_killed_on_the_distributed_platform() {
    let (Some(postgres), Some(amqp)) = (
        testkit::service("CAUSEWAY_TEST_POSTGRES"),
        testkit::service("CAUSEWAY_TEST_AMQP"),
    ) else {
        return;
    };
    let mark = format!("{:08x}", fastrand::u32(..));
    let database = database(&postgres, &mark).await;
    let merchant = MerchantId::new(format!("kill-{mark}")).unwrap();
    let sandbox = sandbox().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("causeway.yaml");
    let text = configuration(&sandbox, folder.path(), merchant.as_str()).to_string();
    std::fs::write(&file, text).unwrap();

    let installation = Installation::new(folder.path(), database.clone(), amqp.clone());
    installation.run(&["migrate"]);
    let address = format!("127.0.0.1:{}", free_port());
    let control = format!("http://{address}");
    let probes = format!("127.0.0.1:{}", free_port());
    let worker = |direction, endpoint| {
        installation.role(&[
            direction,
            endpoint,
            "--merchant",
            merchant.as_str(),
            "--control",
            &control,
        ])
    };
    let config = file.to_str().unwrap();
    let mut roles = vec![
        installation.role(&[
            "control",
            "--listen-control",
            &address,
            "--config",
            config,
            "--health",
            &probes,
        ]),
        worker("pull", "shopify"),
        worker("pull", "netsuite"),
        worker("push", "netsuite"),
        worker("push", "shopify"),
    ];
    let ledger = ledger::open(&database).await.unwrap();
    let queue: Arc<dyn Queue> = queue::open(&amqp, Arc::new(SystemClock)).await.unwrap();

    until("control tells the depth of every queue", async || {
        let all = Metrics::of(&probes).await;
        let depths = [
            "netsuite.orders",
            "netsuite.bulk",
            "shop.orders",
            "shop.stock",
        ]
        .map(|queue| format!("queue=\"{merchant}.{queue}\""))
        .map(|queue| all.sum("causeway_queue_depth", &[&queue]));
        let told = depths.iter().all(Option::is_some);
        told.then_some(()).ok_or_else(|| format!("{all:?}"))
    })
    .await;

    let mut random = fastrand::Rng::with_seed(20);
    let mut order: Vec<usize> = vec![0, 1, 2, 3, 3, 3, 4];
    random.shuffle(&mut order);
    harass(&sandbox, &mut roles, &order, 25).await;
    settled(
        "orders and stock",
        &sandbox,
        &*ledger,
        &merchant,
        &mut roles,
    )
    .await;

    assert!(!sandbox.netsuite().ship_pending(Shift::default()).is_empty());
    sandbox.netsuite().count_stock(25);
    let mut order: Vec<usize> = vec![0, 2, 4, 4, 3];
    random.shuffle(&mut order);
    harass(&sandbox, &mut roles, &order, 12).await;
    settled(
        "shipments and stock",
        &sandbox,
        &*ledger,
        &merchant,
        &mut roles,
    )
    .await;
    until("the queues are empty", async || {
        let left = leftovers(&*ledger, &*queue, &merchant).await;
        if left.is_empty() {
            Ok(())
        } else {
            Err(left.join("\n"))
        }
    })
    .await;

    asked_from_outside(|command| installation.ask(&[command, &["--control", &control]].concat()));
    for role in roles {
        let status = role.terminate().await;
        assert!(status.success(), "{status}");
    }
    assert_all_sides_agree(&sandbox, &*ledger, &merchant).await;
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_one_process_of_the_embedded_platform_is_killed() {
    let sandbox = sandbox().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("causeway.yaml");
    let text = configuration(&sandbox, folder.path(), "main").to_string();
    std::fs::write(&file, text).unwrap();
    let merchant = MerchantId::default();
    let database = format!("sqlite://{}", folder.path().join("causeway.db").display());
    let installation = Installation::new(
        folder.path(),
        database.clone(),
        format!("embedded:{database}"),
    );
    let address = format!("127.0.0.1:{}", free_port());
    let config = file.to_str().unwrap();
    let arguments = ["up", "--config", config, "--listen-control", &address];
    let mut roles = vec![installation.role(&arguments)];
    until("the ledger is there", async || {
        let made = folder.path().join("causeway.db").exists();
        made.then_some(()).ok_or_else(String::new)
    })
    .await;
    harass(&sandbox, &mut roles, &[0, 0], 35).await;
    let ledger = ledger::open(&database).await.unwrap();
    settled(
        "orders and stock",
        &sandbox,
        &*ledger,
        &merchant,
        &mut roles,
    )
    .await;
    assert!(!sandbox.netsuite().ship_pending(Shift::default()).is_empty());
    sandbox.netsuite().count_stock(25);
    harass(&sandbox, &mut roles, &[0], 20).await;
    settled(
        "shipments and stock",
        &sandbox,
        &*ledger,
        &merchant,
        &mut roles,
    )
    .await;

    // The queue is the process's own: looked at when it is gone. A repeat may still rest there, for another start to recognise.
    let mut role = roles.remove(0);
    for attempt in 0.. {
        let status = role.terminate().await;
        assert!(status.success(), "{status}");
        let left = {
            let queue = queue::open(&format!("embedded:{database}"), Arc::new(SystemClock)).await;
            leftovers(&*ledger, &*queue.unwrap(), &merchant).await
        };
        if left.is_empty() {
            break;
        }
        assert!(attempt < 5, "{}", left.join("\n"));
        role = installation.role(&arguments);
        SystemClock.sleep(Duration::from_secs(8)).await;
    }
    assert_all_sides_agree(&sandbox, &*ledger, &merchant).await;
    sandbox.stop().await;
}
