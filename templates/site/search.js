// Searches all editions in the reader's browser: pairs of characters say where a term may stand, the lines of
// the edition whether it does. The index is described in reportgen/delivery/site/search.py.
"use strict";

const form = document.querySelector("#search");
const field = form.elements.q;
const status = document.querySelector("#status");
const found = document.querySelector("#found");
const root = form.dataset.root;
const SHOWN = 3; // lines of an edition
const AT_ONCE = 6; // editions that are asked for together

const folds = new Map();
const foldOne = (character) => {
  if (!folds.has(character)) folds.set(character, character.normalize("NFKC").toLowerCase().replace(/\s/gu, ""));
  return folds.get(character);
};
const fold = (text) => [...text].map(foldOne).join("");
const read = async (path) => {
  const answer = await fetch(root + path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
};

// Each file is read once: what was asked for is kept.
const kept = new Map();
const once = (path) => {
  if (!kept.has(path)) kept.set(path, read(path));
  return kept.get(path);
};

// The places, in the year's list, of the editions that may hold a term.
function places(pairs, term) {
  const characters = [...term];
  const wanted = new Set(characters.slice(1).map((second, n) => characters[n] + second));
  const seen = new Map();
  for (const [where, text] of Object.entries(pairs)) {
    const each = [...text];
    let hits = 0;
    for (let n = 0; n < each.length; n += 2) {
      const hit = wanted.size ? wanted.has(each[n] + each[n + 1]) : each[n] === term;
      hits += hit ? 1 : 0;
    }
    if (hits) for (const place of where.split(",")) seen.set(place, (seen.get(place) ?? 0) + hits);
  }
  const enough = wanted.size || 1;
  return [...seen].filter(([, hits]) => hits >= enough).map(([place]) => Number(place));
}

async function candidates(terms) {
  const years = await Promise.all(form.dataset.years.split(" ").filter(Boolean).map((year) => once(`search/${year}.json`)));
  return years.flatMap(({ editions, pairs }) => {
    const each = terms.map((term) => new Set(places(pairs, term)));
    return editions.filter((_, place) => each.every((set) => set.has(place)));
  });
}

// The lines that hold a term, each with its anchor; none unless every term stands somewhere.
function hits(passages, terms) {
  const lines = passages.flatMap(([anchor, each]) => each.map((line) => ({ anchor, line, folded: fold(line) })));
  if (!terms.every((term) => lines.some(({ folded }) => folded.includes(term)))) return [];
  return lines.filter(({ folded }) => terms.some((term) => folded.includes(term)));
}

// The line with its terms marked: `from` says of each folded character which one of the line it was.
function marked(line, terms) {
  const characters = [...line];
  const from = characters.flatMap((character, n) => Array(foldOne(character).length).fill(n));
  const text = fold(line);
  const inside = new Set();
  for (const term of terms) {
    for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
      for (let n = from[at]; n <= from[at + term.length - 1]; n += 1) inside.add(n);
    }
  }
  const shown = document.createElement("span");
  let run = null;
  characters.forEach((character, n) => {
    const name = inside.has(n) ? "mark" : "span";
    if (run?.localName !== name) run = shown.appendChild(document.createElement(name));
    run.textContent += character;
  });
  return shown;
}

function link(address, content) {
  const made = document.createElement("a");
  made.href = address;
  made.append(content);
  return made;
}

function shown(edition, lines, terms) {
  const item = document.createElement("li");
  const heading = document.createElement("h2");
  heading.append(link(root + edition.page, edition.name));
  const title = document.createElement("p");
  title.textContent = edition.title;
  const list = document.createElement("ul");
  for (const { anchor, line } of lines.slice(0, SHOWN)) {
    const entry = list.appendChild(document.createElement("li"));
    entry.append(link(`${root}${edition.page}${anchor && "#"}${anchor}`, marked(line, terms)));
  }
  item.append(heading, title, list);
  if (lines.length > SHOWN) {
    const more = item.appendChild(document.createElement("p"));
    more.textContent = `另有${lines.length - SHOWN}處`;
  }
  return item;
}

let latest = 0;

async function search() {
  const query = field.value.trim();
  const terms = query.split(/\s+/u).map(fold).filter(Boolean);
  const own = (latest += 1);
  found.replaceChildren();
  status.textContent = terms.length ? "搜尋中…" : "";
  if (!terms.length) return;
  try {
    const editions = await candidates(terms);
    let count = 0;
    for (let n = 0; n < editions.length; n += AT_ONCE) {
      const batch = editions.slice(n, n + AT_ONCE);
      const texts = await Promise.all(batch.map((edition) => once(edition.lines)));
      if (own !== latest) return; // another search has begun
      batch.forEach((edition, place) => {
        const lines = hits(texts[place], terms);
        if (!lines.length) return;
        count += 1;
        found.append(shown(edition, lines, terms));
      });
    }
    if (own === latest) status.textContent = count ? `共${count}期有「${query}」` : `沒有一期有「${query}」`;
  } catch (error) {
    kept.clear();
    if (own === latest) status.textContent = `搜尋資料讀取失敗（${error.message}），請再試一次`;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  history.replaceState(null, "", `?q=${encodeURIComponent(field.value.trim())}`);
  search();
});
form.hidden = false;
field.value = new URLSearchParams(location.search).get("q") ?? "";
search();
