use rust_decimal::Decimal;

/// What the merchant sells and where it is kept: the same on both sides, grown from a seed.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Plain items first, then kits, then what was asked for by name.
    pub items: Vec<Item>,
    /// Warehouses and shops; the first is the main one.
    pub locations: Vec<Location>,
}

/// One thing sold.
#[derive(Clone, Debug)]
pub struct Item {
    /// Place in the catalogue, from 0.
    pub index: u32,
    /// The same on both sides: letters, digits and `-`.
    pub sku: String,
    /// What a customer reads.
    pub title: String,
    /// EAN-13 with a right check digit.
    pub barcode: String,
    /// Price of one, in the merchant's currency, two decimals.
    pub price: Decimal,
    /// Weight of one, in grams.
    pub grams: u32,
    /// NetSuite's internal id.
    pub netsuite_id: u64,
    /// What a kit is made of; empty for a plain item. A kit has no stock of its own.
    pub members: Vec<Member>,
    /// Stock at the start, by location in the catalogue's order; empty for a kit.
    pub stock: Vec<u32>,
}

impl Item {
    /// Whether it is made of other items.
    pub fn is_kit(&self) -> bool {
        !self.members.is_empty()
    }
}

/// Part of a kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The part's place in the catalogue.
    pub index: u32,
    /// How many go into one kit.
    pub quantity: u32,
}

/// A place that holds stock.
#[derive(Clone, Debug)]
pub struct Location {
    /// What both sides call it.
    pub name: String,
    /// NetSuite's internal id.
    pub netsuite_id: u64,
    /// Shopify's numeric id; its global id is `gid://shopify/Location/<id>`.
    pub shopify_id: u64,
}

impl Location {
    /// Shopify's global id.
    pub fn shopify_gid(&self) -> String {
        format!("gid://shopify/Location/{}", self.shopify_id)
    }
}

/// NetSuite's internal id of the first item; later items follow.
const FIRST_ITEM: u64 = 1001;
const PLACES: [&str; 3] = ["Main Warehouse", "East Warehouse", "City Store"];
const COLOURS: [&str; 8] = [
    "Ash", "Amber", "Coral", "Indigo", "Moss", "Pearl", "Slate", "Umber",
];
const THINGS: [&str; 12] = [
    "Beaker", "Blanket", "Bowl", "Candle", "Carafe", "Cushion", "Lamp", "Mug", "Plate", "Throw",
    "Tray", "Vase",
];

impl Catalogue {
    /// `plain` items and one kit for every eight of them, each of two or three different plain items.
    pub fn new(seed: u64, plain: u32) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed ^ 0xCA7A);
        let mut items: Vec<Item> = (0..plain)
            .map(|index| plain_item(&mut rng, index))
            .collect();
        if plain >= 3 {
            for index in plain..plain + plain / 8 {
                let kit = kit(&mut rng, index, &items, plain);
                items.push(kit);
            }
        }
        let locations = (0u64..).zip(PLACES).map(|(n, name)| Location {
            name: name.to_owned(),
            netsuite_id: n + 1,
            shopify_id: 70_001 + n,
        });
        Self {
            items,
            locations: locations.collect(),
        }
    }

    /// Sells these SKUs besides, as plain items.
    #[must_use]
    pub fn with(mut self, seed: u64, skus: &[String]) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed ^ 0x5C0);
        for sku in skus {
            let index = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
            self.items.push(Item {
                sku: sku.clone(),
                ..plain_item(&mut rng, index)
            });
        }
        self
    }

    /// The item with this SKU.
    pub fn by_sku(&self, sku: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.sku == sku)
    }
}

fn plain_item(rng: &mut fastrand::Rng, index: u32) -> Item {
    let colour = rng.choice(COLOURS).unwrap_or("Plain");
    let thing = rng.choice(THINGS).unwrap_or("Thing");
    Item {
        index,
        sku: format!(
            "{}-{:04}",
            thing.get(..3).unwrap_or(thing).to_uppercase(),
            index + 1
        ),
        title: format!("{colour} {thing} {}", index + 1),
        barcode: ean13(index),
        price: Decimal::new(rng.i64(299..=14_999), 2),
        grams: rng.u32(40..=4_000),
        netsuite_id: FIRST_ITEM + u64::from(index),
        members: Vec::new(),
        stock: PLACES.iter().map(|_| rng.u32(0..=400)).collect(),
    }
}

fn kit(rng: &mut fastrand::Rng, index: u32, parts: &[Item], plain: u32) -> Item {
    let first = rng.u32(0..plain);
    let members: Vec<Member> = (0..rng.u32(2..=3))
        .map(|n| Member {
            index: (first + n) % plain,
            quantity: rng.u32(1..=2),
        })
        .collect();
    let of = |member: &Member| parts.get(usize::try_from(member.index).unwrap_or(usize::MAX));
    let full: Decimal = members
        .iter()
        .filter_map(|m| of(m).map(|part| part.price * Decimal::from(m.quantity)))
        .sum();
    Item {
        index,
        sku: format!("KIT-{:04}", index + 1),
        title: format!("Gift Set {}", index + 1 - plain),
        barcode: ean13(index),
        price: (full * Decimal::new(9, 1)).round_dp(2),
        grams: members
            .iter()
            .filter_map(|m| of(m).map(|part| part.grams * m.quantity))
            .sum(),
        netsuite_id: FIRST_ITEM + u64::from(index),
        members,
        stock: Vec::new(),
    }
}

fn ean13(index: u32) -> String {
    let digits = format!("200{index:09}");
    let sum: u32 = digits
        .bytes()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_grows_the_same_catalogue() {
        let prices = |seed| {
            Catalogue::new(seed, 40)
                .items
                .iter()
                .map(|item| item.price)
                .collect::<Vec<_>>()
        };
        assert_eq!(prices(7), prices(7));
        assert_ne!(prices(7), prices(8));
    }

    #[test]
    fn kits_are_made_of_plain_items() {
        let catalogue = Catalogue::new(7, 40);
        assert_eq!(
            catalogue.items.iter().filter(|item| item.is_kit()).count(),
            5
        );
        for kit in catalogue.items.iter().filter(|item| item.is_kit()) {
            assert!(kit.stock.is_empty());
            assert!(
                kit.members
                    .iter()
                    .all(|member| !catalogue.items[member.index as usize].is_kit())
            );
        }
    }

    #[test]
    fn what_is_asked_for_by_name_is_a_plain_item_after_all_others() {
        let catalogue = Catalogue::new(7, 40).with(7, &["LAMP".to_owned()]);
        let made_up = Catalogue::new(7, 40);
        assert_eq!(catalogue.items.len(), made_up.items.len() + 1);
        let lamp = catalogue.by_sku("LAMP").unwrap();
        assert_eq!(lamp.index as usize, made_up.items.len());
        assert!(!lamp.is_kit() && !lamp.stock.is_empty());
    }

    #[test]
    fn barcodes_carry_the_check_digit() {
        // 2·1 = 2, 8 more make ten; 2·1 + 4·1 + 1·3 = 9, 1 more makes ten.
        assert_eq!(ean13(0), "2000000000008");
        assert_eq!(ean13(41), "2000000000411");
    }
}
