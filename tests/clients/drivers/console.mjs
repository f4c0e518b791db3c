/**
 * A person at the console: what they follow, fill in, pick, press and read, by the words
 * that stand on the page. Speaks as `operated.mjs` does; WIDTH is the window's, in pixels.
 */
import { operate } from './operated.mjs';

const { ORIGIN, LOGIN_NAME, LOGIN_PASSWORD, WIDTH } = process.env;
const TALLEST = 1800;

await operate(
    { enter, follow, fill, pick, select, tick, attach, press, value, values, text, await_text, where, shot },
    { width: Number(WIDTH || 1280), height: 900 },
);

/** Opens a page of the console, and logs in where that is asked. */
async function enter(page, { path }) {
    await page.goto(`${ORIGIN}${path}`);
    const password = page.locator('input[name=password]');
    if (!(await password.count())) return;
    await page.locator('input[name=username]').fill(LOGIN_NAME);
    await password.fill(LOGIN_PASSWORD);
    await page.locator('button[name=action][value=login]').click();
    await page.waitForURL(`${ORIGIN}${path}`);
}

async function follow(page, { name, within }) {
    await moved(page, link(page, name, within));
}

async function press(page, { name, within }) {
    await moved(page, part(page, within).getByRole('button', { name, exact: true }).first());
}

async function fill(page, { label, text }) {
    await page.getByLabel(label, { exact: true }).fill(text);
}

/** A radio button or a box, by the strong words beside it. */
async function pick(page, { choice }) {
    await page.locator('label.choice', { has: page.getByText(choice, { exact: true }) }).click();
}

async function tick(page, { label }) {
    await page.getByLabel(label).check();
}

async function select(page, { label, option }) {
    await page.getByLabel(label, { exact: true }).selectOption(option);
}

/** Files for an upload: paths on this machine. */
async function attach(page, { label, files }) {
    await page.getByLabel(label).setInputFiles(files);
}

/** What stands beside a term. */
async function value(page, { term }) {
    const [first] = await values(page, { term });
    if (first === undefined) throw new Error(`nothing stands beside '${term}'`);
    return first;
}

async function values(page, { term }) {
    const entry = page.locator('dl > div', { has: page.locator('dt').getByText(term, { exact: true }) });
    const codes = entry.locator('dd code');
    return await ((await codes.count()) ? codes : entry.locator('dd')).allInnerTexts();
}

/** What a part of the page says; all of its content when none is named. */
async function text(page, { at }) {
    return await page.locator(at ?? 'main').first().innerText();
}

/** Waits for a page that reloads itself to say something. */
async function await_text(page, { text, seconds }) {
    await page.locator('main').getByText(text).first().waitFor({ timeout: seconds * 1000 });
}

async function where(page) {
    return page.url().slice(ORIGIN.length);
}

/**
 * A picture for the documentation, of the whole page: what stands in the places of `hide` may
 * not be read off it. With `japanese` the same page once more, in that language.
 */
async function shot(page, { path, hide, japanese }) {
    await paint(page, path, hide);
    if (!japanese) return;
    const [context, name] = [page.context(), 'shukuba_language'];
    await context.addCookies([{ name, value: 'ja', url: ORIGIN }]);
    await page.reload();
    await paint(page, japanese, hide);
    await context.addCookies([{ name, value: 'en', url: ORIGIN }]);
    await page.reload();
}

async function paint(page, path, hide) {
    const { width, height } = page.viewportSize();
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width, height: Math.min(Math.max(whole, height), TALLEST) });
    await page.mouse.move(0, 0);
    const mask = (hide ?? []).map(place => page.locator(place));
    await page.screenshot({ path, mask, maskColor: '#94a3b8' });
    await page.setViewportSize({ width, height });
}

function link(page, name, within) {
    return part(page, within).getByRole('link', { name, exact: true }).first();
}

function part(page, within) {
    return within ? page.locator(within).first() : page;
}

/** Presses or follows, and waits for the page that it leads to. */
async function moved(page, button) {
    await Promise.all([page.waitForEvent('framenavigated'), button.click()]);
    await page.waitForLoadState('load');
}
