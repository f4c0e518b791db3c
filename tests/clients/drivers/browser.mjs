/**
 * A person's browser: takes addresses from a queue, one after the other, and does on the
 * server's pages what a person does, until the address bar shows somebody else's address.
 *
 * The environment names what was installed (BROWSER_DIR), the browser (CHROMIUM), its
 * profile (PROFILE), the queue (QUEUE, one address a line), the file with the answer to a
 * consent (ANSWER), the journal (JOURNAL, one JSON object a line), the file for the address
 * it left the server by (LEFT), the server (ORIGIN), who logs in (LOGIN_NAME,
 * LOGIN_PASSWORD); and, if wanted, a folder for pictures (PICTURES), the language of its
 * owner (LANGUAGE), the width of its window (WIDTH), SCHEME=dark, SCRIPTS=off, SCRIPTS=silent
 * for pages whose own scripts are empty, and AXE=on to have every page judged. It knows the way to no machine but this one.
 * It ends when its standard input does.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const environment = process.env;
const installed = createRequire(`${environment.BROWSER_DIR}/package.json`);
const { chromium } = installed('playwright-core');
const axe = environment.AXE === 'on' ? readFileSync(installed.resolve('axe-core/axe.min.js'), 'utf8') : null;

const PATIENCE_MS = 20_000;
const MOST_PAGES = 8;
const TALLEST = 1800;

const context = await chromium.launchPersistentContext(environment.PROFILE, {
    executablePath: environment.CHROMIUM,
    args: ['--no-sandbox', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
    javaScriptEnabled: environment.SCRIPTS !== 'off',
    locale: environment.LANGUAGE || 'en-US',
    viewport: { width: Number(environment.WIDTH || 900), height: 900 },
    colorScheme: environment.SCHEME === 'dark' ? 'dark' : 'light',
});
if (environment.SCRIPTS === 'silent') {
    const nothing = { contentType: 'text/javascript', body: '' };
    await context.route('**', route => (route.request().resourceType() === 'script' ? route.fulfill(nothing) : route.continue()));
}
let pictures = 0;
process.stdin.resume().on('end', async () => {
    await context.close();
    process.exit(0);
});
write({ event: 'ready' });

for (let taken = 0; ; ) {
    const addresses = readFileSync(environment.QUEUE, 'utf8').split('\n').slice(0, -1);
    if (taken < addresses.length) {
        const flow = taken++;
        write({ event: 'end', flow, ...(await follow(flow, addresses[flow])) });
    } else {
        await sleep(50);
    }
}

/** Opens an address in a tab of its own and stays until it has left the server or stands still. */
async function follow(flow, address) {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const way = watch(page);
    // A page that forbids its form to lead elsewhere says so here and nowhere else.
    page.on('console', message => {
        const { url } = message.location();
        // Browsers ask for an icon of their own accord; its absence is no fault.
        if (message.type() !== 'error' || !isOurs(url || page.url()) || url.endsWith('/favicon.ico')) return;
        write({ event: 'complaint', flow, text: `${message.text()} (${withoutValues(url || page.url())})` });
    });
    try {
        await page.goto(address, { waitUntil: 'domcontentloaded' }).catch(unlessLeft(way));
        return await visit(flow, page, way);
    } catch (error) {
        return { outcome: 'failed', url: withoutValues(page.url()), reason: String(error.message) };
    } finally {
        await page.close();
    }
}

/** The documents that a tab asks for: how each was answered, and which was the client's. */
function watch(page) {
    const way = { statuses: new Map(), left: null };
    const isDocument = request => request.isNavigationRequest() && request.frame() === page.mainFrame();
    way.leaving = new Promise(resolve => {
        page.on('request', request => {
            if (!isDocument(request) || isOurs(request.url())) return;
            way.left ??= request.url();
            resolve();
        });
    });
    page.on('response', response => {
        if (isDocument(response.request())) way.statuses.set(response.url(), response.status());
    });
    return way;
}

async function visit(flow, page, way) {
    for (let seen = 0; seen < MOST_PAGES; seen++) {
        if (way.left) return await returned(page, way);
        const next = await nextButton(page);
        await record(flow, page, way.statuses.get(page.url()), next?.action ?? null);
        if (!next) return { outcome: 'stopped', url: withoutValues(page.url()) };
        if (next.action === 'login') await fillIn(page);
        const moved = page.waitForEvent('framenavigated', frame => frame === page.mainFrame());
        await Promise.all([Promise.race([moved, way.leaving]), next.button.click({ noWaitAfter: true })]);
        await page.waitForLoadState('domcontentloaded').catch(unlessLeft(way));
    }
    throw new Error(`after ${MOST_PAGES} pages the browser is still at ${withoutValues(page.url())}`);
}

/** What a person does here: logs in, answers, or confirms; null where nothing is asked. */
async function nextButton(page) {
    const answer = readFileSync(environment.ANSWER, 'utf8').trim();
    const wanted = (await page.locator('input[name=password]').count()) ? ['login'] : [answer, 'confirm', 'continue'];
    for (const action of wanted) {
        const button = page.locator(`button[name=action][value="${action}"]`);
        if (await button.count()) return { action, button: button.first() };
    }
    return null;
}

async function fillIn(page) {
    await page.locator('input[name=username]').fill(environment.LOGIN_NAME);
    await page.locator('input[name=password]').fill(environment.LOGIN_PASSWORD);
}

/** The client is called back. The tab stays until it has answered: closing it would cancel the call. */
async function returned(page, way) {
    const isElsewhere = url => !isOurs(url.href);
    await page.waitForURL(isElsewhere, { waitUntil: 'domcontentloaded', timeout: 5_000 }).catch(() => undefined);
    writeFileSync(environment.LEFT, way.left);
    const parameters = [...new URL(way.left).searchParams.keys()];
    const status = way.statuses.get(way.left) ?? null;
    return { outcome: 'returned', url: withoutValues(way.left), parameters, status };
}

async function record(flow, page, status, action) {
    const entry = { event: 'page', flow, url: withoutValues(page.url()), status: status ?? null, action };
    entry.title = await page.title();
    entry.language = await page.locator('html').getAttribute('lang');
    entry.text = (await page.locator('body').innerText()).slice(0, 2_000);
    if (axe) entry.findings = await judge(page);
    if (environment.PICTURES) {
        entry.picture = `${String(++pictures).padStart(2, '0')}-${action ?? 'page'}.png`;
        await paint(page, `${environment.PICTURES}/${entry.picture}`);
    }
    write(entry);
}

/** The page as on a window that is high enough for it, and no higher than a picture may be. */
async function paint(page, path) {
    const { width, height } = page.viewportSize();
    const whole = await page.evaluate('document.documentElement.scrollHeight');
    await page.setViewportSize({ width, height: Math.min(Math.max(whole, height), TALLEST) });
    await page.screenshot({ path });
    await page.setViewportSize({ width, height });
}

/** The ids of axe's findings and what they were found at. */
async function judge(page) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate('axe.run()');
    return violations.map(({ id, nodes }) => ({ id, at: nodes.flatMap(node => node.target) }));
}

function isOurs(address) {
    return address === 'about:blank' || new URL(address).origin === environment.ORIGIN;
}

/** A client may close its listener the moment it has its answer: no failure of the login. */
function unlessLeft(way) {
    return error => {
        if (!way.left) throw error;
    };
}

/** The address with the names of its parameters only: the values are codes and states. */
function withoutValues(address) {
    const url = new URL(address);
    const names = [...new Set(url.searchParams.keys())].join('&');
    return url.origin + url.pathname + (names ? `?${names}` : '');
}

function write(entry) {
    appendFileSync(environment.JOURNAL, `${JSON.stringify(entry)}\n`);
}
