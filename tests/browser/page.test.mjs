// The page in a real browser, on a real gateway, on a market that a test publishes.

import assert from 'node:assert/strict';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {startFeed, startGateway, stop, temporaryDirectory} from './processes.mjs';

const {chromium} = createRequire(join(process.env.DEPTHWIRE_NODE_PROJECT, 'x.js'))('playwright-core');
const pictures = process.env.DEPTHWIRE_PICTURES;
const sources = 'sources: [streaming, aggregator, analyzer]';
let browser;

before(async () => {
  browser = await chromium.launch({executablePath: process.env.CHROMIUM});
});
after(() => browser.close());

/** Opens the page; anything that it complains of fails the test. */
async function open(t, url, options = {}) {
  const page = await browser.newPage({viewport: {width: 1360, height: 860}, ...options});
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  t.after(() => page.close());
  await page.goto(url);
  return {page, complaints};
}

const text = (page, selector) => page.locator(selector).first().innerText();

/** Waits until `selector` shows another text than `old`. */
function waitForChange(page, selector, old) {
  return page.waitForFunction(
      ([wanted, before]) => document.querySelector(wanted)?.innerText !== before, [selector, old]);
}

test('the page shows moving prices, the ladder, signals and the connection', async (t) => {
  const directory = await temporaryDirectory(t);
  const feed = await startFeed(t, directory);
  const gateway = await startGateway(t, directory, feed.addresses, {settings: [sources]});
  const {page, complaints} = await open(t, gateway.url, {colorScheme: 'dark'});

  await page.locator('[data-symbol="EURUSD"]').click();
  await page.waitForFunction(() => /^1\.0\d{4}$/.test(document.getElementById('price').innerText.replace(/\s/g, '')));
  await waitForChange(page, '#price', await text(page, '#price'));
  await waitForChange(page, '#ladder', await text(page, '#ladder'));
  await page.locator('#signals .signal').first().waitFor();

  assert.equal(await page.locator('.symbols-row').count(), 6);
  assert.equal(await text(page, '#symbol'), 'EURUSD');
  assert.equal(await page.locator('.ask-row:not(.vacant)').count(), 10);
  assert.equal(await page.locator('.bid-row:not(.vacant)').count(), 10);
  assert.match(await text(page, '#imbalance'), /^[+−]?\d\.\d\d$/);
  assert.match(await text(page, '#spread'), /^\d+\.\d pips$/);
  const signal = await text(page, '#signals .signal');
  assert.match(signal, /strength \d\.\d\d · confidence \d\.\d\d/);
  assert.match(signal, /measured|inferred/);
  assert.match(await text(page, '[data-connection="streaming"]'), /streaming\s+ready/);
  assert.equal(await text(page, '#link'), 'connected');
  assert.ok(await page.locator('#notice').isHidden());
  await waitForLine(page);
  await page.screenshot({path: join(pictures, 'page-dark.png')});
  await page.emulateMedia({colorScheme: 'light'});
  await page.setViewportSize({width: 390, height: 1500});
  await waitForChange(page, '#price', await text(page, '#price'));
  await page.screenshot({path: join(pictures, 'page-light-phone.png')});
  assert.deepEqual(complaints, []);
});

/** Waits until the chart has something drawn on it. */
function waitForLine(page) {
  return page.waitForFunction(() => {
    const canvas = document.getElementById('chart');
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.some((value, i) => i % 4 === 3 && value !== 0);
  });
}

test('a source that falls silent is shown as stale, and what it said as old', async (t) => {
  const directory = await temporaryDirectory(t);
  const feed = await startFeed(t, directory);
  const gateway = await startGateway(t, directory, feed.addresses, {settings: [sources]});
  const {page} = await open(t, gateway.url);
  await page.locator('[data-connection="streaming"][data-state="good"]').waitFor();

  await stop(feed.child);
  await page.locator('#notice').waitFor();

  await page.waitForFunction(
      () => document.querySelector('[data-connection="streaming"]').innerText.includes('stale'));
  assert.match(await text(page, '#notice'), /is quiet/);
  assert.ok(await page.evaluate(() => document.body.classList.contains('old')));
  await page.screenshot({path: join(pictures, 'page-stale.png')});
});

test('without cTrader the page says disabled, not error', async (t) => {
  const directory = await temporaryDirectory(t);
  const feed = await startFeed(t, directory, ['disabled']);
  const gateway = await startGateway(t, directory, feed.addresses, {settings: [sources]});
  const {page} = await open(t, gateway.url);

  const connection = page.locator('[data-connection="streaming"]');
  await page.locator('[data-state="off"]').waitFor();

  assert.match(await connection.innerText(), /streaming\s+disabled/);
  assert.ok(await page.locator('#notice').isHidden());
});

test('the page comes back by itself when the gateway does', async (t) => {
  const directory = await temporaryDirectory(t);
  const feed = await startFeed(t, directory);
  const first = await startGateway(t, directory, feed.addresses, {settings: [sources]});
  const {page} = await open(t, first.url);
  await page.locator('#link[data-state="good"]').waitFor();

  await stop(first.child);
  await page.locator('#link[data-state="waiting"]').waitFor();
  assert.match(await text(page, '#notice'), /what you see is old/);
  await startGateway(t, directory, feed.addresses,
      {port: Number(new URL(first.url).port), settings: [sources]});

  await page.locator('#link[data-state="good"]').waitFor();
  await waitForChange(page, '.symbols-mid', await text(page, '.symbols-mid'));
});
