//! What is asked, in GraphQL.

/// A document. Its one mutation, where it has one, answers as `result`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Document {
    pub(super) text: &'static str,
}

pub(super) const LOGIN: Document = Document {
    text: "mutation Login($username: String!, $password: String!) {
  result: login(username: $username, password: $password) {
    __typename
    ... on ErrorResult { errorCode message }
  }
}",
};

pub(super) const STANDING: Document = Document {
    text: "query Standing {
  me { identifier channels { code permissions } }
  activeChannel { code defaultCurrencyCode }
}",
};

/// The same for an API key: Vendure does not tell a key who it is.
pub(super) const KEY_STANDING: Document = Document {
    text: "query KeyStanding {
  activeChannel { code defaultCurrencyCode }
  orders(options: { take: 1 }) { totalItems }
}",
};

/// Orders with all that is told of them; the latest entry of a history says when its order last changed.
pub(super) const ORDERS: Document = Document {
    text: "query Orders($options: OrderListOptions) {
  globalSettings { serverConfig { moneyStrategyPrecision } }
  orders(options: $options) {
    items {
      id code state orderPlacedAt updatedAt currencyCode couponCodes totalWithTax
      customer { id emailAddress firstName lastName phoneNumber }
      billingAddress { ...Place }
      shippingAddress { ...Place }
      surcharges { id description price priceWithTax taxLines { description taxRate } }
      lines {
        id quantity orderPlacedQuantity unitPrice linePrice
        proratedUnitPrice proratedUnitPriceWithTax proratedLinePrice proratedLinePriceWithTax
        discounts { description }
        taxLines { description taxRate }
        productVariant { sku name }
      }
      shippingLines { id price discountedPrice discountedPriceWithTax discounts { description } shippingMethod { name } }
      payments {
        id method amount state createdAt updatedAt
        refunds { id createdAt updatedAt shipping total state reason lines { orderLineId quantity } }
      }
      fulfillments { id state method trackingCode lines { orderLineId quantity } }
      history(options: { take: 1, sort: { createdAt: DESC } }) { items { createdAt } }
    }
  }
}
fragment Place on OrderAddress {
  fullName company streetLine1 streetLine2 city province postalCode countryCode phoneNumber
}",
};

pub(super) const ORDER_IDS: Document = Document {
    text: "query OrderIds($options: OrderListOptions) {
  orders(options: $options) { totalItems items { id orderPlacedAt } }
}",
};

pub(super) const ARTICLES: Document = Document {
    text: "query Articles($options: ProductVariantListOptions) {
  productVariants(options: $options) {
    items { id sku stockLevels { stockLocationId stockOnHand stockAllocated } }
  }
}",
};

pub(super) const SET_LEVELS: Document = Document {
    text: "mutation SetLevels($input: [UpdateProductVariantInput!]!) {
  result: updateProductVariants(input: $input) {
    id sku stockLevels { stockLocationId stockOnHand stockAllocated }
  }
}",
};

pub(super) const FULFIL: Document = Document {
    text: "mutation Fulfil($input: FulfillOrderInput!) {
  result: addFulfillmentToOrder(input: $input) {
    __typename
    ... on Fulfillment { id state }
    ... on ErrorResult { errorCode message }
  }
}",
};

pub(super) const MOVE: Document = Document {
    text: "mutation Move($id: ID!, $state: String!) {
  result: transitionFulfillmentToState(id: $id, state: $state) {
    __typename
    ... on Fulfillment { id state }
    ... on ErrorResult { errorCode message }
    ... on FulfillmentStateTransitionError { transitionError }
  }
}",
};

pub(super) const GIVE_BACK: Document = Document {
    text: "mutation GiveBack($input: RefundOrderInput!) {
  result: refundOrder(input: $input) {
    __typename
    ... on Refund { id state total }
    ... on ErrorResult { errorCode message }
  }
}",
};

pub(super) const CALL_OFF: Document = Document {
    text: "mutation CallOff($input: CancelOrderInput!) {
  result: cancelOrder(input: $input) {
    __typename
    ... on Order { id state }
    ... on ErrorResult { errorCode message }
  }
}",
};

#[cfg(test)]
mod tests;
