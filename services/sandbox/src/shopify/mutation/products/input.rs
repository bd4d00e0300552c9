//! What `productSet` is given. What the schema does not know is refused.

use serde::Deserialize;
use serde_json::Number;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Identifier {
    pub(super) id: Option<String>,
    pub(super) handle: Option<String>,
    pub(super) custom_id: Option<CustomId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomId {
    pub(super) namespace: String,
    pub(super) key: String,
    pub(super) value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SetInput {
    pub(super) title: Option<String>,
    pub(super) description_html: Option<String>,
    pub(super) vendor: Option<String>,
    pub(super) product_type: Option<String>,
    pub(super) handle: Option<String>,
    #[serde(rename = "redirectNewHandle")]
    pub(super) _redirect_new_handle: Option<bool>,
    pub(super) status: Option<String>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) product_options: Option<Vec<OptionInput>>,
    pub(super) variants: Option<Vec<VariantInput>>,
    pub(super) files: Option<Vec<FileInput>>,
    pub(super) metafields: Option<Vec<MetafieldInput>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OptionInput {
    pub(super) name: String,
    #[serde(default)]
    pub(super) values: Vec<OptionValueInput>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OptionValueInput {
    pub(super) name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct VariantInput {
    pub(super) id: Option<String>,
    pub(super) option_values: Vec<VariantValueInput>,
    pub(super) sku: Option<String>,
    pub(super) barcode: Option<String>,
    pub(super) price: Option<String>,
    pub(super) inventory_item: Option<ItemInput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct VariantValueInput {
    pub(super) option_name: String,
    pub(super) name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ItemInput {
    pub(super) measurement: Option<MeasurementInput>,
    pub(super) tracked: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MeasurementInput {
    pub(super) weight: WeightInput,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightInput {
    pub(super) unit: String,
    pub(super) value: Number,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FileInput {
    pub(super) id: Option<String>,
    pub(super) original_source: Option<String>,
    pub(super) alt: Option<String>,
    #[serde(rename = "contentType")]
    pub(super) _content_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MetafieldInput {
    pub(super) namespace: String,
    pub(super) key: String,
    pub(super) r#type: String,
    pub(super) value: String,
}
