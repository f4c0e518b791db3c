/**
 * A page that the steps operate: each line of standard input is a JSON object that names an
 * action (`do`) and its arguments, each line of standard output what came of it, as
 * {"done": …} or {"failed": "…"}. It ends when its standard input does.
 *
 * The environment names what was installed (BROWSER_DIR), the browser (CHROMIUM), the server
 * (ORIGIN), who logs in there (LOGIN_NAME, LOGIN_PASSWORD) and where a picture of a failure
 * goes (FAILURE). The browser knows the way to no machine but this one.
 */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { BROWSER_DIR, CHROMIUM, ORIGIN, LOGIN_NAME, LOGIN_PASSWORD, FAILURE } = process.env;
const { chromium } = createRequire(`${BROWSER_DIR}/package.json`)('playwright-core');

const PATIENCE_MS = 20_000;
const MOST_PAGES = 4;

/** Runs the actions that are asked for; each gets the page and its arguments. */
export async function operate(actions, viewport) {
    const browser = await chromium.launch({
        executablePath: CHROMIUM,
        args: ['--no-sandbox', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
    });
    const page = await browser.newPage({ viewport, locale: 'en-US' });
    page.setDefaultTimeout(PATIENCE_MS);
    const all = { look, picture, ...actions };
    for await (const line of createInterface({ input: process.stdin })) {
        const { do: name, ...given } = JSON.parse(line);
        try {
            tell({ done: (await all[name](page, given)) ?? null });
        } catch (error) {
            await page.screenshot({ path: FAILURE }).catch(() => undefined);
            tell({ failed: `${name} at ${page.url().split('?')[0]}: ${error.message}` });
        }
    }
    await browser.close();
}

/**
 * Waits for a sign that the client is where it wants to be. Where it sends the person to the
 * server first, logs in and allows; the actions that took.
 */
export async function throughOurPages(page, sign) {
    const done = [];
    for (let seen = 0; seen < MOST_PAGES; seen++) {
        const button = page.locator('button[name=action][value=login], button[name=action][value=allow]').first();
        await sign.or(button).first().waitFor();
        if (new URL(page.url()).origin !== ORIGIN) break;
        const action = await button.getAttribute('value');
        if (action === 'login') {
            await page.locator('input[name=username]').fill(LOGIN_NAME);
            await page.locator('input[name=password]').fill(LOGIN_PASSWORD);
        }
        done.push(action);
        await Promise.all([page.waitForEvent('framenavigated'), button.click({ noWaitAfter: true })]);
    }
    await sign.waitFor();
    return done;
}

/** A request of the page's own: what a script of another origin may see of the answer. */
async function look(page, { url, method }) {
    const seen = async ([url, method]) => {
        const answer = await fetch(url, { method });
        return { status: answer.status, headers: Object.fromEntries(answer.headers) };
    };
    return await page.evaluate(seen, [url, method]);
}

/** `hide` is the label of a field whose content nobody is to read off the picture. */
async function picture(page, { path, hide }) {
    await page.mouse.move(0, 0);
    const mask = hide ? [page.getByLabel(hide)] : [];
    await page.screenshot({ path, mask, maskColor: '#e2e8f0' });
}

function tell(what) {
    console.log(JSON.stringify(what));
}
