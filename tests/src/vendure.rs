//! A shop of a Vendure server that really runs: a channel of its own, with the catalogue's articles; and a gateway before it that can lose
//! answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use budget::{Limits, LocalBudget};
use http::{Client, Options, Request};
use ports::{Lane, SystemClock};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use crate::World;

/// Units of each article on the shop's shelf at first.
const ON_HAND: i64 = 500;

/// A shop of its own on the running server.
pub struct VendureShop {
    server: Server,
    /// The token of its channel.
    pub channel: String,
    /// Its stock location.
    pub location: String,
    password: String,
    gateway: Gateway,
    url: Url,
    variants: BTreeMap<String, String>,
}

#[derive(Clone)]
struct Server {
    url: Url,
    http: Client,
}

/// What stands before the server: it loses the answers to these mutations, each once.
#[derive(Clone)]
struct Gateway {
    server: Server,
    losing: Arc<Mutex<BTreeSet<String>>>,
    lost: Arc<AtomicUsize>,
}

/// A session's token, or none.
type Session = Option<String>;

impl Server {
    async fn send(
        &self,
        path: &str,
        headers: &[(&'static str, String)],
        body: impl Into<Bytes>,
    ) -> (u16, Session, Bytes) {
        let mut request = Request::read(self.url.join(path).unwrap(), Lane::Orders, body)
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(name, value.clone());
        }
        let reply = match self.http.send(request).await {
            Ok(reply) => reply,
            Err(failure) => *failure.reply.unwrap_or_else(|| panic!("{}", failure.fault)),
        };
        let token = reply.headers.get("vendure-auth-token").map(str::to_owned);
        (reply.status, token, reply.body)
    }

    /// A call's data; whatever is wrong ends the test.
    async fn call(
        &self,
        path: &str,
        (session, channel): (&Session, Option<&str>),
        query: &str,
        variables: Value,
    ) -> (Value, Session) {
        let mut headers = Vec::new();
        headers.extend(
            session
                .iter()
                .map(|token| ("authorization", format!("Bearer {token}"))),
        );
        headers.extend(channel.map(|token| ("vendure-token", token.to_owned())));
        let body = json!({ "query": query, "variables": variables }).to_string();
        let (_, token, body) = self.send(path, &headers, body).await;
        let answer: Value = serde_json::from_slice(&body).unwrap();
        assert!(answer["errors"].is_null(), "{query}: {answer:#}");
        let refused = answer["data"].as_object().into_iter().flatten();
        for (name, result) in refused {
            assert!(result["errorCode"].is_null(), "{name}: {result:#}");
        }
        (answer["data"].clone(), token.or_else(|| session.clone()))
    }
}

async fn pass(
    State(gateway): State<Gateway>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kept: Vec<(&'static str, String)> = ["authorization", "vendure-token", "vendure-api-key"]
        .into_iter()
        .filter_map(|name| Some((name, headers.get(name)?.to_str().ok()?.to_owned())))
        .collect();
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let path = uri.path().trim_start_matches('/').to_owned();
    let (status, token, answer) = gateway.server.send(&path, &kept, body).await;
    let document = asked["query"].as_str().unwrap_or_default();
    let name = document.split(['(', '{']).next().unwrap_or_default();
    let name = name.strip_prefix("mutation ").unwrap_or_default().trim();
    if gateway.losing.lock().unwrap().remove(name) {
        gateway.lost.fetch_add(1, Ordering::SeqCst);
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let mut response = answer.into_response();
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    if let Some(token) = token {
        let token = token.parse().unwrap();
        response.headers_mut().insert("vendure-auth-token", token);
    }
    response
}

impl VendureShop {
    /// A new shop with the articles of that catalogue, on the server that the environment names; `None` where it names none.
    pub async fn open(world: &World) -> Option<Self> {
        let url: Url = testkit::service("CAUSEWAY_TEST_VENDURE")?.parse().unwrap();
        let password = url.password().unwrap().to_owned();
        let mut bare = url.clone();
        bare.set_password(None).unwrap();
        bare.set_username("").unwrap();
        let clock = Arc::new(SystemClock);
        let leave = Arc::new(LocalBudget::new(&Limits::default(), clock.clone()));
        let http = Client::new(Options::default(), leave, clock).unwrap();
        let server = Server { url: bare, http };
        let gateway = Gateway {
            server: server.clone(),
            losing: Arc::default(),
            lost: Arc::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/admin-api", listener.local_addr().unwrap());
        let app = Router::new().fallback(pass).with_state(gateway.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let mut shop = Self {
            server,
            channel: format!("shop-{:016x}", fastrand::u64(..)),
            location: String::new(),
            password,
            gateway,
            url: url.parse().unwrap(),
            variants: BTreeMap::new(),
        };
        shop.furnish(world).await;
        Some(shop)
    }

    async fn furnish(&mut self, world: &World) {
        let login = "mutation($p: String!) { login(username: \"superadmin\", password: $p) { __typename ... on ErrorResult { errorCode } } }";
        let nobody = (&None, None);
        let (_, admin) = self
            .server
            .call("admin-api", nobody, login, json!({ "p": self.password }))
            .await;
        let basis = "{ zones { items { id } } sellers { items { id } } shippingMethods { items { id } } paymentMethods { items { id } } }";
        let (basis, _) = self
            .server
            .call("admin-api", (&admin, None), basis, json!({}))
            .await;
        let first = |list: &str| basis[list]["items"][0]["id"].clone();
        let input = json!({
            "code": self.channel, "token": self.channel, "defaultLanguageCode": "en", "pricesIncludeTax": false,
            "defaultCurrencyCode": "USD", "availableCurrencyCodes": ["USD"], "trackInventory": true,
            "defaultTaxZoneId": first("zones"), "defaultShippingZoneId": first("zones"), "sellerId": first("sellers"),
        });
        let make = "mutation($input: CreateChannelInput!) { createChannel(input: $input) { ... on Channel { id } ... on ErrorResult { errorCode } } }";
        let (made, _) = self
            .server
            .call("admin-api", (&admin, None), make, json!({ "input": input }))
            .await;
        let assign = "mutation($c: ID!, $s: [ID!]!, $p: [ID!]!) {
            assignShippingMethodsToChannel(input: { channelId: $c, shippingMethodIds: $s }) { id }
            assignPaymentMethodsToChannel(input: { channelId: $c, paymentMethodIds: $p }) { id } }";
        let variables = json!({ "c": made["createChannel"]["id"], "s": [first("shippingMethods")], "p": [first("paymentMethods")] });
        self.server
            .call("admin-api", (&admin, None), assign, variables)
            .await;
        let place = "mutation { createStockLocation(input: { name: \"Web\" }) { id } }";
        let place = self.admin(place, json!({})).await;
        self.location = place["createStockLocation"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let items = &world.sandbox.catalogue().items;
        let products = items.iter().map(|item| {
            format!("p{}: createProduct(input: {{ translations: [{{ languageCode: en, name: \"{1}\", slug: \"{2}-{1}\", description: \"\" }}] }}) {{ id }}", item.index, item.sku, self.channel)
        });
        let products = format!(
            "mutation {{ {} }}",
            products.collect::<Vec<String>>().join("\n")
        );
        let products = self.admin(&products, json!({})).await;
        let variants: Vec<Value> = items.iter().map(|item| json!({
            "productId": products[format!("p{}", item.index)]["id"], "sku": item.sku, "trackInventory": "TRUE",
            "price": item.price.to_string().replace('.', "").parse::<i64>().unwrap(),
            "translations": [{ "languageCode": "en", "name": item.title }],
            "stockLevels": [{ "stockLocationId": self.location, "stockOnHand": ON_HAND }],
        })).collect();
        let make = "mutation($input: [CreateProductVariantInput!]!) { createProductVariants(input: $input) { id sku } }";
        let made = self.admin(make, json!({ "input": variants })).await;
        for variant in made["createProductVariants"].as_array().unwrap() {
            let text = |name: &str| variant[name].as_str().unwrap().to_owned();
            self.variants.insert(text("sku"), text("id"));
        }
    }

    /// A call of the shop's people.
    pub async fn admin(&self, query: &str, variables: Value) -> Value {
        let login = "mutation($p: String!) { login(username: \"superadmin\", password: $p) { __typename ... on ErrorResult { errorCode } } }";
        let (_, admin) = self
            .server
            .call(
                "admin-api",
                (&None, None),
                login,
                json!({ "p": self.password }),
            )
            .await;
        let who = (&admin, Some(self.channel.as_str()));
        self.server.call("admin-api", who, query, variables).await.0
    }

    /// A buyer's order of these articles, paid; its id.
    pub async fn buy(&self, articles: &[(&str, u32)]) -> String {
        let mut session: Session = None;
        let mut last = Value::Null;
        let add = "mutation($v: ID!, $n: Int!) { addItemToOrder(productVariantId: $v, quantity: $n) { __typename ... on ErrorResult { errorCode message } } }";
        let mut calls: Vec<(&str, Value)> = articles
            .iter()
            .map(|(sku, units)| (add, json!({ "v": self.variants[*sku], "n": units })))
            .collect();
        let address = json!({ "fullName": "Ada Byron", "streetLine1": "1 Engine Way", "city": "Oakland", "province": "CA", "postalCode": "94607", "countryCode": "US" });
        calls.push(("mutation { setCustomerForOrder(input: { emailAddress: \"ada@example.test\", firstName: \"Ada\", lastName: \"Byron\" }) { __typename ... on ErrorResult { errorCode message } } }", json!({})));
        calls.push(("mutation($a: CreateAddressInput!) { setOrderShippingAddress(input: $a) { __typename } setOrderBillingAddress(input: $a) { __typename } }", json!({ "a": address })));
        calls.push(("{ eligibleShippingMethods { id } }", json!({})));
        for (query, variables) in calls {
            let who = (&session, Some(self.channel.as_str()));
            (last, session) = self.server.call("shop-api", who, query, variables).await;
        }
        let method = json!({ "m": [last["eligibleShippingMethods"][0]["id"]] });
        for (query, variables) in [
            (
                "mutation($m: [ID!]!) { setOrderShippingMethod(shippingMethodId: $m) { __typename ... on ErrorResult { errorCode message } } }",
                method,
            ),
            (
                "mutation { transitionOrderToState(state: \"ArrangingPayment\") { __typename ... on ErrorResult { errorCode message } } }",
                json!({}),
            ),
            (
                "mutation { addPaymentToOrder(input: { method: \"dummy\", metadata: {} }) { ... on Order { id state } ... on ErrorResult { errorCode message } } }",
                json!({}),
            ),
        ] {
            let who = (&session, Some(self.channel.as_str()));
            (last, session) = self.server.call("shop-api", who, query, variables).await;
        }
        let order = &last["addPaymentToOrder"];
        assert_eq!(order["state"], "PaymentSettled");
        order["id"].as_str().unwrap().to_owned()
    }

    /// The shop's orders as they stand, by their ids.
    pub async fn orders(&self) -> BTreeMap<String, Value> {
        let query = "{ orders(options: { take: 100, filter: { active: { eq: false } } }) { items {
            id code state totalWithTax lines { id quantity productVariant { sku } }
            payments { id amount refunds { id total state reason } }
            fulfillments { id state method trackingCode lines { orderLineId quantity } } } } }";
        let found = self.admin(query, json!({})).await;
        let all = found["orders"]["items"].as_array().unwrap().iter();
        all.map(|order| (order["id"].as_str().unwrap().to_owned(), order.clone()))
            .collect()
    }

    /// What can be sold of each article at the shop's location.
    pub async fn levels(&self) -> BTreeMap<String, i64> {
        let query = "{ productVariants(options: { take: 500 }) { items { sku stockLevels { stockLocationId stockOnHand stockAllocated } } } }";
        let found = self.admin(query, json!({})).await;
        let mut levels = BTreeMap::new();
        for variant in found["productVariants"]["items"].as_array().unwrap() {
            let mut all = variant["stockLevels"].as_array().unwrap().iter();
            let own = all
                .find(|level| level["stockLocationId"] == *self.location)
                .unwrap();
            let units = |name: &str| own[name].as_i64().unwrap();
            let sku = variant["sku"].as_str().unwrap().to_owned();
            levels.insert(sku, units("stockOnHand") - units("stockAllocated"));
        }
        levels
    }

    /// From here on the next answer to each of these mutations is lost.
    pub fn lose(&self, mutations: &[&str]) {
        let mut losing = self.gateway.losing.lock().unwrap();
        losing.extend(mutations.iter().map(|name| (*name).to_owned()));
    }

    /// How many answers were lost.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.gateway.lost.load(Ordering::SeqCst)
    }
}

impl World {
    /// From here on the shop is that one: its levels are those of all of NetSuite's locations.
    pub fn sell_by_vendure(&mut self, shop: &VendureShop) {
        let path = self.folder.path().join("vendure.password");
        std::fs::write(&path, &shop.password).unwrap();
        let login =
            json!({ "username": "superadmin", "password": format!("file:{}", path.display()) });
        let settings = json!({
            "url": shop.url.as_str(),
            "auth": { "login": login },
            "channel": shop.channel,
            "givebacks": { "through_handler": true },
            "stock_locations": { "web": shop.location },
        });
        let places = self.sandbox.catalogue().locations.iter();
        let places: Vec<u64> = places.map(|place| place.netsuite_id).collect();
        let connections = &mut self.configuration["connections"];
        connections["shop"] = json!({ "endpoint": "vendure", "settings": settings });
        let netsuite = &mut connections["netsuite"]["settings"];
        netsuite["refunds"] = json!({ "adjustment_item": 903 });
        netsuite["stock"] = json!({ "pools": { "web": { "locations": places } } });
        self.stock_may_differ = true;
    }
}
