//! SuiteQL on an SQLite database in memory.

use std::collections::{HashMap, HashSet};

use jiff::tz::TimeZone;
use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, Result, params_from_iter};
use serde_json::{Map, Value as Json};

use super::moment;
use super::rows::{self, Row};
use super::tables::{TABLES, Table, VIEWS, needs};
use super::translate::{LABEL, Query, translate};
use crate::clock::Clock;
use crate::netsuite::books::Changes;
use crate::netsuite::options::{DateFormat, Features};
use crate::netsuite::schema::Space;

/// The query tables. They lag behind the books until `catch_up`.
#[derive(Debug)]
pub(crate) struct Engine {
    connection: Connection,
    columns: HashMap<&'static str, HashSet<String>>,
    zone: TimeZone,
    dates: DateFormat,
}

/// One page of an answer.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) items: Vec<Json>,
    pub(crate) total: usize,
}

impl Engine {
    pub(crate) fn new(
        features: &Features,
        zone: TimeZone,
        dates: DateFormat,
        clock: &Clock,
        custom_fields: &[String],
    ) -> Result<Self> {
        let connection = Connection::open_in_memory()?;
        // A name in double quotes that is no column is an error, not a text.
        connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_prepared_statement_cache_capacity(256);
        connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
        super::functions::register(&connection, clock, &zone)?;
        let mut engine = Self {
            connection,
            columns: HashMap::new(),
            zone,
            dates,
        };
        for table in TABLES.iter().filter(|table| table.needs.met(features)) {
            engine.create(table, features)?;
            for field in custom_fields.iter().filter(|field| !field.ends_with('*')) {
                if table.custom.is_some_and(|prefix| field.starts_with(prefix)) {
                    engine.add_column(table.name, field)?;
                    engine.add_column(table.name, &format!("{field}{LABEL}"))?;
                }
            }
        }
        for (view, table) in VIEWS {
            if engine.columns.contains_key(table) {
                engine
                    .connection
                    .execute_batch(&format!("CREATE VIEW {view} AS SELECT * FROM {table}"))?;
                engine.columns.insert(view, HashSet::new());
            }
        }
        engine
            .connection
            .execute_batch("INSERT INTO dual VALUES ('X')")?;
        for row in super::lists::fixed(custom_fields) {
            engine.insert(row)?;
        }
        Ok(engine)
    }

    fn create(&mut self, table: &Table, features: &Features) -> Result<()> {
        let columns = table
            .columns
            .split_whitespace()
            .filter(|column| needs(column.trim_end_matches('#')).met(features));
        let mut names = HashSet::new();
        let mut definitions = Vec::new();
        for column in columns {
            let (name, affinity) = column
                .strip_suffix('#')
                .map_or((column, "TEXT"), |name| (name, "NUMERIC"));
            definitions.push(format!("\"{name}\" {affinity}"));
            names.insert(name.to_owned());
        }
        let mut sql = format!(
            "CREATE TABLE \"{}\" ({});",
            table.name,
            definitions.join(", ")
        );
        for (number, index) in table.indexes.iter().enumerate() {
            sql.push_str(&format!(
                "CREATE INDEX {}_{number} ON \"{}\" ({index});",
                table.name, table.name
            ));
        }
        self.columns.insert(table.name, names);
        self.connection.execute_batch(&sql)
    }

    fn add_column(&mut self, table: &'static str, column: &str) -> Result<()> {
        let sound = column
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let known = self
            .columns
            .get(table)
            .is_none_or(|columns| columns.contains(column));
        if !sound || known {
            return Ok(());
        }
        self.connection.execute_batch(&format!(
            "ALTER TABLE \"{table}\" ADD COLUMN \"{column}\" TEXT"
        ))?;
        self.columns
            .entry(table)
            .or_default()
            .insert(column.to_owned());
        Ok(())
    }

    /// Brings the tables up to date.
    pub(crate) fn catch_up(&mut self, changes: Changes) -> Result<()> {
        self.connection.execute_batch("BEGIN")?;
        for ((space, id), record) in changes.records {
            self.clear(space, id)?;
            for row in record
                .map(|record| rows::of(&record, &self.zone))
                .unwrap_or_default()
            {
                self.insert(row)?;
            }
        }
        for (place, level) in changes.stock {
            if self.columns.contains_key("aggregateitemlocation") {
                let mut statement = self.connection.prepare_cached(
                    "DELETE FROM aggregateitemlocation WHERE item = ? AND location = ?",
                )?;
                statement.execute((rows::id(place.0), rows::id(place.1)))?;
            }
            self.insert(rows::stock(place, &level, &self.zone))?;
        }
        for gone in changes.deleted {
            let row = Row::new("deletedrecord")
                .with("deleteddate", moment::store_instant(gone.at, &self.zone))
                .with("recordid", rows::id(gone.id))
                .with(
                    "recordtypeid",
                    if gone.kind.is_transaction() { -30 } else { -2 },
                )
                .with("recordtypeid__df", gone.kind.name.to_owned())
                .with("type", gone.kind.name.to_lowercase())
                .with("name", gone.name);
            self.insert(row)?;
        }
        self.connection.execute_batch("COMMIT")
    }

    fn clear(&self, space: Space, id: u64) -> Result<()> {
        let statements: &[&str] = match space {
            Space::Transaction => &[
                "DELETE FROM \"transaction\" WHERE id = ?1",
                "DELETE FROM transactionline WHERE \"transaction\" = ?1",
                "DELETE FROM previoustransactionlinelink WHERE nextdoc = ?1",
                "DELETE FROM trackingnumber WHERE id IN (SELECT trackingnumber FROM trackingnumbermap WHERE \"transaction\" = ?1)",
                "DELETE FROM trackingnumbermap WHERE \"transaction\" = ?1",
                "DELETE FROM itemfulfillmentpackage WHERE itemfulfillment = ?1",
                "DELETE FROM transactionshippingaddress WHERE nkey = ?1 * 10 + 1",
                "DELETE FROM transactionbillingaddress WHERE nkey = ?1 * 10 + 2",
            ],
            Space::Entity => &[
                "DELETE FROM customer WHERE id = ?1",
                "DELETE FROM contact WHERE id = ?1",
                "DELETE FROM customeraddressbookentityaddress WHERE nkey > ?1 * 1000 AND nkey < ?1 * 1000 + 1000",
                "DELETE FROM customeraddressbook WHERE entity = ?1",
            ],
            Space::Item => &[
                "DELETE FROM item WHERE id = ?1",
                "DELETE FROM pricing WHERE item = ?1",
                "DELETE FROM itemprice WHERE item = ?1",
                "DELETE FROM kititemmember WHERE parentitem = ?1",
            ],
            // A list whose feature is off has no table; the others were written once, at the start.
            Space::List("location") if self.columns.contains_key("location") => {
                &["DELETE FROM location WHERE id = ?1"]
            }
            Space::List("subsidiary") if self.columns.contains_key("subsidiary") => {
                &["DELETE FROM subsidiary WHERE id = ?1"]
            }
            Space::List("priceLevel") => &["DELETE FROM pricelevel WHERE id = ?1"],
            Space::List(_) => &[],
        };
        for sql in statements {
            self.connection
                .prepare_cached(sql)?
                .execute([rows::id(id)])?;
        }
        Ok(())
    }

    fn insert(&mut self, row: Row) -> Result<()> {
        if !self.columns.contains_key(row.table) {
            return Ok(());
        }
        for (column, _) in row
            .columns
            .iter()
            .filter(|(column, _)| column.starts_with("cust"))
        {
            let defined = TABLES.iter().any(|table| {
                table.name == row.table
                    && table
                        .custom
                        .is_some_and(|prefix| column.starts_with(prefix))
            });
            if defined {
                self.add_column(row.table, column)?;
            }
        }
        let known = self.columns.get(row.table);
        let mut sql = format!("INSERT INTO \"{}\" (", row.table);
        let mut values: Vec<Sql> = Vec::with_capacity(row.columns.len());
        for (column, value) in row.columns {
            if known.is_some_and(|known| known.contains(column.as_ref())) {
                let before = if values.is_empty() { "\"" } else { ", \"" };
                sql.extend([before, column.as_ref(), "\""]);
                values.push(value);
            }
        }
        sql.push_str(") VALUES (?");
        sql.extend(std::iter::repeat_n(", ?", values.len().saturating_sub(1)));
        sql.push(')');
        self.connection
            .prepare_cached(&sql)?
            .execute(params_from_iter(values))?;
        Ok(())
    }

    /// Runs a query and cuts out one page. The error is NetSuite's explanation.
    pub(crate) fn run(
        &self,
        text: &str,
        params: Vec<Sql>,
        limit: usize,
        offset: usize,
        hidden: &[String],
    ) -> Result<Page, String> {
        let unsupported = || "Search error occurred: Invalid or unsupported search.".to_owned();
        let query = translate(text).ok_or_else(unsupported)?;
        let visible =
            |table: &&String| self.columns.contains_key(table.as_str()) && !hidden.contains(table);
        if let Some(table) = query.tables.iter().find(|table| !visible(table)) {
            return Err(format!(
                "Search error occurred: Record '{table}' was not found."
            ));
        }
        let explain = |error| explain(&error, &query);
        let mut statement = self
            .connection
            .prepare_cached(&query.sql)
            .map_err(explain)?;
        let names: Vec<Option<String>> = (1..)
            .zip(statement.column_names())
            .map(|(place, name)| shown_name(place, name))
            .collect();
        let mut rows = statement.query(params_from_iter(params)).map_err(explain)?;
        let mut page = Page {
            items: Vec::new(),
            total: 0,
        };
        while let Some(row) = rows.next().map_err(explain)? {
            if page.total >= offset && page.items.len() < limit {
                let mut item = Map::from_iter([("links".to_owned(), Json::Array(Vec::new()))]);
                for (place, name) in names.iter().enumerate() {
                    let value = row.get_ref(place).map_err(explain)?;
                    item.extend(
                        name.clone()
                            .zip(self.print(value))
                            .map(|(name, value)| (name, Json::String(value))),
                    );
                }
                page.items.push(Json::Object(item));
            }
            page.total += 1;
        }
        Ok(page)
    }

    /// Every value is text; what is null is left out; a date loses its time and follows the user's format.
    fn print(&self, value: ValueRef<'_>) -> Option<String> {
        match value {
            ValueRef::Null | ValueRef::Blob(_) => None,
            ValueRef::Integer(number) => Some(number.to_string()),
            ValueRef::Real(number) => Some(number.to_string()),
            ValueRef::Text(text) => {
                let text = String::from_utf8_lossy(text);
                Some(moment::load(&text).map_or_else(
                    || text.clone().into_owned(),
                    |at| self.dates.print(at.date()),
                ))
            }
        }
    }
}

/// Lower case, even for an alias in quotes. `None` for a hidden column that `*` brought up.
fn shown_name(place: usize, name: &str) -> Option<String> {
    let name = name.to_lowercase();
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if name.ends_with(LABEL) {
        return None;
    }
    Some(if plain { name } else { format!("expr{place}") })
}

fn explain(error: &rusqlite::Error, query: &Query) -> String {
    let text = error.to_string();
    let column = text.split_once("no such column: ").map(|(_, rest)| rest);
    if let Some(column) = column {
        let column = column
            .split(" in ")
            .next()
            .unwrap_or(column)
            .rsplit('.')
            .next()
            .unwrap_or(column);
        let column = column
            .trim_matches('"')
            .trim_end_matches(LABEL)
            .to_lowercase();
        let known: Vec<String> = query
            .tables
            .iter()
            .map(|table| format!("{table}={table}"))
            .collect();
        return format!(
            "Search error occurred: Unknown identifier '{column}'. Available identifiers are: {{{}}}.",
            known.join(", ")
        );
    }
    "Search error occurred: Invalid or unsupported search.".to_owned()
}
