// A Vendure server on loopback for the length of one run, with a database of its own. It says `ready` once it answers.
'use strict';

const {
  DefaultJobQueuePlugin,
  DefaultLogger,
  LogLevel,
  bootstrap,
  dummyPaymentHandler,
  manualFulfillmentHandler,
} = require('@vendure/core');
const { populate } = require('@vendure/core/cli');
const { Client } = require('pg');

const server = new URL(process.env.PEER_POSTGRES);
const port = Number(process.env.PEER_PORT);
const database = `vendure_${port}`;

const config = {
  apiOptions: { hostname: '127.0.0.1', port, adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
  authOptions: {
    tokenMethod: ['bearer', 'api-key'],
    superadminCredentials: { identifier: 'superadmin', password: process.env.PEER_PASSWORD },
    requireVerification: false,
  },
  dbConnectionOptions: {
    type: 'postgres',
    host: server.hostname,
    port: Number(server.port),
    username: decodeURIComponent(server.username),
    password: decodeURIComponent(server.password),
    database,
    synchronize: true,
  },
  importExportOptions: { importAssetsDir: __dirname },
  logger: new DefaultLogger({ level: LogLevel.Warn, timestamp: false }),
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  shippingOptions: { fulfillmentHandlers: [manualFulfillmentHandler] },
  plugins: [DefaultJobQueuePlugin.init({})],
};

// What a channel needs to sell anything. Tests bring channels, products and stock locations of their own.
const basis = {
  defaultLanguage: 'en',
  defaultZone: 'Americas',
  roles: [],
  countries: [{ name: 'United States', code: 'US', zone: 'Americas' }],
  taxRates: [{ name: 'Standard Tax', percentage: 7.25 }],
  shippingMethods: [{ name: 'Standard Shipping', price: 750, taxRate: 0 }],
  paymentMethods: [
    {
      name: 'Dummy',
      handler: {
        code: 'dummy-payment-handler',
        arguments: [{ name: 'automaticSettle', value: 'true' }],
      },
    },
  ],
  collections: [],
};

async function main() {
  const client = new Client({ connectionString: process.env.PEER_POSTGRES });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${database}`);
  await client.query(`CREATE DATABASE ${database}`);
  await client.end();
  await populate(() => bootstrap(config), basis);
  console.log('ready');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
