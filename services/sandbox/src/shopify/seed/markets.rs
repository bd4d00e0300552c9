use fastrand::Rng;

use super::super::model::order::Rate;
use super::due;

/// A country the shop sells to.
#[derive(Debug)]
pub(super) struct Market {
    pub(super) country: &'static str,
    pub(super) code: &'static str,
    pub(super) currency: &'static str,
    pub(super) locale: &'static str,
    pub(super) taxes_included: bool,
    pub(super) taxes_shipping: bool,
    /// Sets of rates, one of which an order gets.
    pub(super) rates: &'static [&'static [Rate]],
    pub(super) towns: &'static [Town],
    pub(super) streets: &'static [&'static str],
    pub(super) dial: &'static str,
}

/// City, province, its code, postal code.
pub(super) type Town = (
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
);

const fn rate(title: &'static str, share: i64) -> Rate {
    Rate { title, share }
}

static MARKETS: [Market; 8] = [
    Market {
        country: "United States",
        code: "US",
        currency: "USD",
        locale: "en-US",
        taxes_included: false,
        taxes_shipping: false,
        rates: &[
            &[
                rate("New York State Tax", 4_000),
                rate("New York City Tax", 4_500),
                rate("MCTD Tax", 375),
            ],
            &[
                rate("California State Tax", 6_000),
                rate("Los Angeles County Tax", 250),
                rate("Special District Tax", 3_250),
            ],
            &[
                rate("Washington State Tax", 6_500),
                rate("Seattle City Tax", 3_850),
            ],
            &[],
        ],
        towns: &[
            ("New York", Some("New York"), Some("NY"), Some("10013-2402")),
            ("Los Angeles", Some("California"), Some("CA"), Some("90014")),
            ("Seattle", Some("Washington"), Some("WA"), Some("98101")),
            ("Coeur d'Alene", Some("Idaho"), Some("ID"), Some("83814")),
            ("San Juan", Some("Puerto Rico"), Some("PR"), Some("00907")),
        ],
        streets: &[
            "Main St",
            "W 42nd Street",
            "Avenue of the Americas",
            "Old Mill Road NE",
        ],
        dial: "+1212555",
    },
    Market {
        country: "Germany",
        code: "DE",
        currency: "EUR",
        locale: "de",
        taxes_included: true,
        taxes_shipping: true,
        rates: &[&[rate("MwSt", 19_000)], &[rate("MwSt", 7_000)]],
        towns: &[
            ("München", None, None, Some("80331")),
            ("Köln", None, None, Some("50667")),
            ("Bad Gögging", None, None, Some("93333")),
        ],
        streets: &["Königstraße", "Am Größten Berg", "Straße des 17. Juni"],
        dial: "+4989555",
    },
    Market {
        country: "Canada",
        code: "CA",
        currency: "CAD",
        locale: "fr-CA",
        taxes_included: false,
        taxes_shipping: true,
        rates: &[
            &[rate("GST", 5_000), rate("QST", 9_975)],
            &[rate("HST", 13_000)],
            &[rate("GST", 5_000)],
        ],
        towns: &[
            ("Montréal", Some("Quebec"), Some("QC"), Some("H2Y 1C6")),
            ("Toronto", Some("Ontario"), Some("ON"), Some("M5V 2T6")),
            ("Calgary", Some("Alberta"), Some("AB"), Some("T2P 1J9")),
        ],
        streets: &[
            "rue Saint-Jacques Ouest",
            "King Street",
            "chemin de la Côte-des-Neiges",
        ],
        dial: "+1514555",
    },
    Market {
        country: "United Kingdom",
        code: "GB",
        currency: "GBP",
        locale: "en-GB",
        taxes_included: true,
        taxes_shipping: true,
        rates: &[&[rate("VAT", 20_000)], &[rate("VAT", 0)]],
        towns: &[
            ("London", Some("England"), Some("ENG"), Some("SW1A 1AA")),
            (
                "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
                Some("Wales"),
                Some("WLS"),
                Some("LL61 5UJ"),
            ),
        ],
        streets: &["St. John's Wood High Street", "The Shambles"],
        dial: "+44207555",
    },
    Market {
        country: "Japan",
        code: "JP",
        currency: "JPY",
        locale: "ja",
        taxes_included: true,
        taxes_shipping: true,
        rates: &[&[rate("消費税", 10_000)], &[rate("軽減税率", 8_000)]],
        towns: &[
            ("渋谷区", Some("Tōkyō"), Some("JP-13"), Some("150-0002")),
            ("京都市", Some("Kyōto"), Some("JP-26"), Some("600-8216")),
        ],
        streets: &["渋谷", "東塩小路町"],
        dial: "+8135550",
    },
    Market {
        country: "France",
        code: "FR",
        currency: "EUR",
        locale: "fr",
        taxes_included: true,
        taxes_shipping: true,
        rates: &[&[rate("TVA", 20_000)], &[rate("TVA", 5_500)]],
        towns: &[
            ("Saint-Étienne", None, None, Some("42000")),
            ("L'Haÿ-les-Roses", None, None, Some("94240")),
        ],
        streets: &["rue de l'Église", "bd. du Général-de-Gaulle"],
        dial: "+33155500",
    },
    Market {
        country: "Sweden",
        code: "SE",
        currency: "SEK",
        locale: "sv",
        taxes_included: true,
        taxes_shipping: true,
        rates: &[&[rate("Moms", 25_000)]],
        towns: &[
            ("Göteborg", None, None, Some("411 03")),
            ("Åre", None, None, Some("837 52")),
        ],
        streets: &["Östra Hamngatan", "Ängsvägen"],
        dial: "+4631555",
    },
    Market {
        country: "United Arab Emirates",
        code: "AE",
        currency: "USD",
        locale: "ar",
        taxes_included: false,
        taxes_shipping: true,
        rates: &[&[rate("VAT", 5_000)]],
        towns: &[("دبي", Some("Dubai"), Some("DU"), None)],
        streets: &["شارع الشيخ زايد"],
        dial: "+9714555",
    },
];

/// Half the orders are domestic; the rest go round the world.
pub(super) fn pick(rng: &mut Rng, index: usize) -> &'static Market {
    let [home, abroad @ ..] = &MARKETS;
    if due(index, 2, 0) || rng.u8(0..10) < 1 {
        home
    } else {
        rng.choice(abroad).unwrap_or(home)
    }
}
