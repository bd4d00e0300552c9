//! Over real HTTP. Where the published schema is at hand, every document and every answer is held against it.

mod edits;
mod fulfilments;
mod givebacks;
mod list;
mod money;
mod products;
mod published;
mod refusals;
mod stated;
mod stock;
mod throttling;
mod traits;
mod webhooks;

use serde_json::{Value as Json, json};

use super::{Options, Settings};
use crate::testclock::TestClock;
use crate::{Options as SandboxOptions, Sandbox};

const NOW: &str = "2026-09-01T12:00:00Z";

/// A running shop and a client.
struct Api {
    sandbox: Sandbox,
    client: reqwest::Client,
    time: TestClock,
}

/// A shop that takes any query.
fn generous() -> Options {
    Options {
        settings: Settings {
            bucket: None,
            max_query_cost: u64::MAX,
            ..Settings::default()
        },
        ..Options::default()
    }
}

impl Api {
    async fn start(orders: u32, shopify: Options) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let time = TestClock::at(NOW);
        let options = SandboxOptions {
            seed: 7,
            orders,
            shopify,
            clock: time.clock(),
            ..SandboxOptions::default()
        };
        let sandbox = Sandbox::start(options).await.unwrap();
        Self {
            sandbox,
            client: reqwest::Client::builder().build().unwrap(),
            time,
        }
    }

    fn shop(&self) -> &super::Shop {
        self.sandbox.shopify()
    }

    /// Sends a document that need not be right.
    async fn raw(&self, query: &str, variables: Json) -> Json {
        let url = self
            .sandbox
            .shopify_url()
            .join("admin/api/2026-07/graphql.json")
            .unwrap();
        let body = json!({ "query": query, "variables": variables });
        let request = self
            .client
            .post(url)
            .header("X-Shopify-Access-Token", "shpat_sandbox")
            .json(&body);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    /// Sends a right document, checks it and the answer, and returns `data`.
    async fn data(&self, query: &str, variables: Json) -> Json {
        let answer = self.raw(query, variables).await;
        assert_eq!(answer["errors"], Json::Null, "{answer:#}");
        published::check(query, &answer["data"]);
        answer["data"].clone()
    }

    /// Message and code of the first error.
    async fn refusal(&self, query: &str, variables: Json) -> (String, Option<String>) {
        let answer = self.raw(query, variables).await;
        let error = &answer["errors"][0];
        let text = |value: &Json| value.as_str().map(str::to_owned);
        (
            text(&error["message"]).unwrap_or_else(|| panic!("no error: {answer:#}")),
            text(&error["extensions"]["code"]),
        )
    }

    /// Everything that an order import reads, of all orders.
    async fn all_orders(&self) -> Vec<Json> {
        let mut orders = Vec::new();
        let mut after = Json::Null;
        loop {
            let page = self.data(IMPORT, json!({ "after": after })).await["orders"].take();
            orders.extend(page["nodes"].as_array().unwrap().clone());
            if page["pageInfo"]["hasNextPage"] == false {
                return orders;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
}

const IMPORT: &str = r#"
query Import($after: String) {
  orders(first: 100, after: $after, sortKey: UPDATED_AT, query: "status:any") {
    pageInfo { hasNextPage endCursor }
    nodes {
      __typename id legacyResourceId name number confirmationNumber confirmed createdAt updatedAt processedAt closed closedAt
      cancelledAt cancelReason cancellation { staffNote } test edited email phone note tags poNumber customerLocale clientIp
      customAttributes { key value } sourceName sourceIdentifier app { id name } channelInformation { id channelId displayName }
      currencyCode presentmentCurrencyCode taxesIncluded taxExempt dutiesIncluded estimatedTaxes displayFinancialStatus
      displayFulfillmentStatus returnStatus fullyPaid unpaid capturable fulfillable refundable restockable requiresShipping
      paymentGatewayNames discountCode discountCodes subtotalLineItemsQuantity currentSubtotalLineItemsQuantity totalWeight
      currentTotalWeight billingAddressMatchesShippingAddress statusPageUrl
      customer {
        id legacyResourceId firstName lastName displayName locale note tags state taxExempt verifiedEmail numberOfOrders createdAt updatedAt
        defaultAddress { ...Address } defaultEmailAddress { emailAddress validFormat } defaultPhoneNumber { phoneNumber }
      }
      billingAddress { ...Address } shippingAddress { ...Address } displayAddress { id } retailLocation { id name }
      lineItems(first: 250) { nodes { ...Line } }
      nonFulfillableLineItems(first: 5) { nodes { id } }
      shippingLine { id }
      shippingLines(first: 10) {
        nodes {
          id title code source carrierIdentifier custom deliveryCategory phone isRemoved shippingRateHandle originalPriceSet { ...Bag }
          discountedPriceSet { ...Bag } currentDiscountedPriceSet { ...Bag } discountAllocations { ...Allocation } taxLines { ...Tax }
        }
      }
      discountApplications(first: 20) { edges { cursor node { ...Application } } pageInfo { hasPreviousPage startCursor } }
      taxLines { ...Tax } currentTaxLines { ...Tax } additionalFees { id name price { ...Bag } taxLines { ...Tax } }
      transactions(first: 20) {
        id kind status gateway formattedGateway createdAt processedAt test paymentId errorCode manualPaymentGateway multiCapturable
        amountSet { ...Bag } parentTransaction { id }
      }
      transactionsCount { count precision }
      refunds(first: 10) {
        id legacyResourceId createdAt updatedAt processedAt note totalRefundedSet { ...Bag }
        refundLineItems(first: 250) {
          nodes { id quantity restockType restocked priceSet { ...Bag } subtotalSet { ...Bag } totalTaxSet { ...Bag } lineItem { id } location { id } }
        }
        refundShippingLines(first: 5) { nodes { id subtotalAmountSet { ...Bag } taxAmountSet { ...Bag } shippingLine { id } } }
        orderAdjustments(first: 5) { nodes { id reason amountSet { ...Bag } taxAmountSet { ...Bag } } }
        transactions(first: 5) { nodes { id } }
      }
      fulfillments(first: 10) {
        id legacyResourceId name status displayStatus createdAt updatedAt totalQuantity requiresShipping deliveredAt inTransitAt
        estimatedDeliveryAt trackingInfo { company number url } location { id }
        fulfillmentLineItems(first: 250) { nodes { id quantity lineItem { id } originalTotalSet { ...Bag } discountedTotalSet { ...Bag } } }
        fulfillmentOrders(first: 5) { nodes { id } }
      }
      fulfillmentsCount { count precision }
      fulfillmentOrders(first: 10) {
        nodes {
          id status requestStatus createdAt updatedAt fulfillAt orderId orderName orderProcessedAt supportedActions { action externalUrl }
          assignedLocation { name address1 address2 city province zip phone countryCode location { id } }
          destination { id firstName lastName company address1 address2 city province zip countryCode phone email }
          deliveryMethod { id methodType presentedName serviceCode }
          fulfillmentHolds { id reason reasonNotes displayReason heldByRequestingApp }
          lineItems(first: 250) {
            nodes {
              id totalQuantity remainingQuantity sku productTitle variantTitle vendor requiresShipping inventoryItemId lineItem { id }
              variant { id }
            }
          }
        }
      }
      subtotalPriceSet { ...Bag } currentSubtotalPriceSet { ...Bag } totalPriceSet { ...Bag } originalTotalPriceSet { ...Bag }
      currentTotalPriceSet { ...Bag } totalTaxSet { ...Bag } currentTotalTaxSet { ...Bag } totalDiscountsSet { ...Bag }
      currentTotalDiscountsSet { ...Bag } cartDiscountAmountSet { ...Bag } currentCartDiscountAmountSet { ...Bag }
      totalShippingPriceSet { ...Bag } currentShippingPriceSet { ...Bag } totalTipReceivedSet { ...Bag }
      originalTotalDutiesSet { ...Bag } currentTotalDutiesSet { ...Bag } originalTotalAdditionalFeesSet { ...Bag }
      currentTotalAdditionalFeesSet { ...Bag } totalReceivedSet { ...Bag } totalOutstandingSet { ...Bag } totalRefundedSet { ...Bag }
      totalRefundedShippingSet { ...Bag } totalCapturableSet { ...Bag } netPaymentSet { ...Bag } refundDiscrepancySet { ...Bag }
      totalCashRoundingAdjustment { paymentSet { ...Bag } refundSet { ...Bag } }
    }
  }
}
fragment Line on LineItem {
  id name title variantTitle sku vendor quantity currentQuantity refundableQuantity unfulfilledQuantity nonFulfillableQuantity isGiftCard
  requiresShipping taxable restockable merchantEditable customAttributes { key value }
  lineItemGroup { id title quantity productId variantId variantSku customAttributes { key } }
  variant { id sku } product { id } taxLines { ...Tax } duties { id countryCodeOfOrigin harmonizedSystemCode price { ...Bag } taxLines { title } }
  discountAllocations { ...Allocation } originalUnitPriceSet { ...Bag } originalTotalSet { ...Bag } discountedTotalSet { ...Bag }
  withCodes: discountedTotalSet(withCodeDiscounts: true) { ...Bag } discountedUnitPriceSet { ...Bag }
  discountedUnitPriceAfterAllDiscountsSet { ...Bag } priceAfterAllDiscountsBeforeTaxesSet { ...Bag } totalDiscountSet { ...Bag }
  unfulfilledOriginalTotalSet { ...Bag } unfulfilledDiscountedTotalSet { ...Bag } weight { unit value }
}
fragment Application on DiscountApplication {
  __typename allocationMethod index targetSelection targetType
  value { __typename ... on MoneyV2 { amount currencyCode } ... on PricingPercentageValue { percentage } }
  ... on ManualDiscountApplication { title description }
  ... on DiscountCodeApplication { code }
  ... on AutomaticDiscountApplication { title }
}
fragment Allocation on DiscountAllocation { allocatedAmountSet { ...Bag } discountApplication { index } }
fragment Tax on TaxLine { title rate ratePercentage source channelLiable priceSet { ...Bag } }
fragment Bag on MoneyBag { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
fragment Address on MailingAddress {
  id firstName lastName name company address1 address2 city province provinceCode zip country countryCodeV2 phone latitude longitude formatted
  formattedArea coordinatesValidated
}
"#;
