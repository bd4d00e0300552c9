#[tokio::test]
async fn serve() {
    let mut options = sandbox::Options { orders: 60, ..Default::default() };
    options.shopify.settings.bucket = None;
    options.shopify.settings.max_query_cost = 100_000;
    let s = sandbox::Sandbox::start(options).await.unwrap();
    std::fs::write("/tmp/sburl", s.shopify_url().as_str()).unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(25)).await;
}
