// The admin page in a headless Chromium: every page without a violation that axe finds, the whole way by the keyboard
// alone, pictures of what people see. Usage: node admin.mjs BASE-URL PICTURES-FOLDER
import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import { test, after, before } from 'node:test';

const [base, pictures] = [process.env.PGVISTA_BASE, process.env.PGVISTA_PICTURES];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser, context, page;
const complaints = [];

before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  // axe is put into the page by this test, which the page's own policy would forbid.
  context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  page = await context.newPage();
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(`${page.url()}: ${message.text()}`); });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error}`));
});
after(async () => { await browser.close(); });

async function violations() {
  const session = await context.newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const { result } = await session.send('Runtime.evaluate', { expression: 'axe.run().then((r) => JSON.stringify(r.passes.length < 5 ? "axe found nothing to look at" : r.violations.map((v) => [v.id, v.nodes.map((n) => n.html)])))', awaitPromise: true });
  return JSON.parse(result.value);
}

const pages = {
  views: '/admin/', view: '/admin/views/rooms_related_objects', data: '/admin/data', list: '/admin/data/rooms_room', row: '/admin/data/rooms_room/3', add: '/admin/data/rooms_door/add',
  delete: '/admin/data/rooms_door/1/delete', graph: '/admin/graph', runs: '/admin/runs', locks: '/admin/locks', maintained: '/admin/data/rooms_v2', missing: '/admin/nowhere', plain: '/admin/views/door_sizes',
};
for (const [name, path] of Object.entries(pages)) {
  test(`${name}: no violation`, async () => {
    await page.goto(base + path);
    assert.deepEqual(await violations(), []);
    if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` });
  });
}

test('no script or style is refused by the policy, none fails', () => {
  assert.deepEqual(complaints.filter((one) => !one.includes('404')), []);
});

test('the first page is small', async () => {
  const { gzipSync } = await import('node:zlib');
  let bytes = 0;
  const fresh = await context.newPage();
  const bodies = [];
  fresh.on('response', (response) => bodies.push(response.body().then((body) => { bytes += gzipSync(body).length; }).catch(() => {})));
  await fresh.goto(base + '/admin/', { waitUntil: 'networkidle' });
  await Promise.all(bodies);
  await fresh.close();
  assert.ok(bytes > 5000 && bytes < 50 * 1024, `${bytes} bytes gzipped`);
});

// Presses Tab until what has the focus bears this text.
async function tabTo(text) {
  for (let i = 0; i < 200; ++i) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate(() => (document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || document.activeElement.value || document.activeElement.labels?.[0]?.innerText || document.activeElement.name || '').trim());
    if (found === text) return;
  }
  assert.fail(`the keyboard does not reach "${text}"`);
}

test('verify by the keyboard alone: the outcome is announced and has the focus', async () => {
  await page.goto(base + '/admin/');
  await tabTo('Verify rooms_related_objects');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#result .note.good');
  assert.match(await page.textContent('#result'), /equals its query/);
  assert.match(await page.evaluate(() => document.activeElement.textContent), /equals its query/);
});

test('the skip link leads to the content', async () => {
  await page.goto(base + '/admin/data');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
});

test('a row is added, found, changed, and deleted by the keyboard alone', async () => {
  await page.goto(base + '/admin/data/rooms_souvenir');
  await tabTo('Add a row');
  await page.keyboard.press('Enter');
  await page.waitForSelector('form.edit');
  await page.focus('#c_name');
  await page.keyboard.type('A very special souvenir');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.note.good');
  await page.goto(base + '/admin/data/rooms_souvenir');
  await page.focus('#q');
  await page.keyboard.type('very special');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=/);
  assert.equal(await page.locator('tbody tr').count(), 1);
  await page.focus('tbody th a');
  await page.keyboard.press('Enter');
  await page.waitForSelector('form.edit');
  await page.fill('#c_name', 'Souvenir 1');
  await page.focus('form.edit button.primary');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.note.bad');
  assert.match(await page.textContent('.note.bad'), /duplicate key/);
  assert.equal(await page.inputValue('#c_name'), 'Souvenir 1');
  assert.deepEqual(await violations(), []);
  await page.fill('#c_name', 'Quite special');
  await page.focus('form.edit button.primary');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.note.good');
  await page.focus('a.button');
  await page.keyboard.press('Enter');
  await page.waitForSelector('button.danger');
  await page.focus('button.danger');
  await page.keyboard.press('Enter');
  await page.waitForURL(/done=deleted/);
  await page.goto(base + '/admin/data/rooms_souvenir?q=special');
  assert.equal(await page.locator('tbody tr').count(), 0);
});

test('what others refer to is not offered for deletion', async () => {
  await page.goto(base + '/admin/data/rooms_room/3/delete');
  assert.match(await page.textContent('main'), /in the way/);
  assert.equal(await page.locator('button.danger').count(), 0);
});

test('filters count, narrow and combine with search and order', async () => {
  await page.goto(base + '/admin/data/rooms_bed');
  const count = Number(await page.locator('aside li:has(a:text-is("BT1")) span').textContent());
  await page.click('aside a:text-is("BT1")');
  await page.waitForURL(/type=eq.BT1/);
  assert.match(await page.textContent('nav[aria-label="Pages of rows"]'), new RegExp(`of ${count}`));
  await page.click('thead a:text-is("name")');
  await page.waitForURL(/order=/);
  await page.fill('#q', 'Bed 1');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=Bed/);
  const names = await page.locator('tbody td.long:first-of-type').allTextContents();
  assert.ok(page.url().includes('type=eq.BT1'));
  assert.match(await page.textContent('main'), /GET \/rest\/v1\/rooms_bed\?/);
});

test('a form from elsewhere, or an old one, is refused', async () => {
  const answer = await page.evaluate(async () => (await fetch('/admin/data/rooms_souvenir/1', { method: 'POST', body: 'csrf=wrong&c_name=x' })).status);
  assert.equal(answer, 403);
});

test('everything works without a script', async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const bare = await plain.newPage();
  await bare.goto(base + '/admin/');
  await bare.click('button[aria-label="Verify rooms_related_objects"]');
  await bare.waitForSelector('.note.good');
  await plain.close();
});

test('the maintained view shows a change made in the browser at once', async () => {
  await page.goto(base + '/admin/data/rooms_door/1');
  await page.fill('#c_name', 'Door, renamed');
  await page.click('form.edit button.primary');
  await page.waitForSelector('.note.good');
  const rooms = await (await fetch(`${base}/rest/v1/rooms_v2?select=id&door->>name=eq.Door, renamed`)).json();
  const there = await (await fetch(`${base}/rest/v1/rooms_room?select=id&door_id=eq.1`)).json();
  assert.ok(there.length > 0);
  assert.equal(rooms.length, there.length);
});
