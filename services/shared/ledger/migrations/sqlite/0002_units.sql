-- What an order takes from stock: JSON, units by SKU. While its target does not have it, levels read there do not contain it.
ALTER TABLE records ADD COLUMN units TEXT;
