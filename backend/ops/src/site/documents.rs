//! The page's documents: `index.html` with the list of restaurants, `r/{id}.html` with each menu, and
//! `shell.html` for everything else.
//!
//! All are the `index.html` that Trunk built, which names the program's files; the first two show at
//! once what [`frontend::prerender`] renders, and tell search engines and other sites what they are.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use frontend::prerender::{self, Rendered};
use frontend::state::catalog::{CatalogAnswer, script_safe};
use fs_err as fs;
use lol_html::html_content::ContentType::{Html, Text};
use lol_html::{ElementContentHandlers, RewriteStrSettings, Selector, element, rewrite_str};
use shared::menu::Restaurant;

use super::structured_data;
use crate::catalog::Catalog;

/// The document of every page that is not prerendered.
const SHELL: &str = "shell.html";
/// The document of the first page.
pub(crate) const INDEX: &str = "index.html";
/// The folder of the menus' documents.
pub(crate) const MENUS: &str = "r";

/// The documents by their path in the site's folder, from the text of the `index.html` that Trunk built.
/// `address` is the site's, such as `https://example.com`.
///
/// # Errors
/// If `index.html` is not as it is written in this repository.
pub(crate) fn documents(
    index: &str,
    catalog: &Catalog,
    address: &str,
) -> Result<BTreeMap<String, String>> {
    let site = Site { index, address };
    let menus = prerendered_menus(catalog);
    let restaurants = || catalog.restaurants.iter().map(|entry| &entry.restaurant);
    let mut cards: Vec<_> = restaurants().map(|restaurant| restaurant.card.clone()).collect();
    cards.sort_by(|one, other| one.name.cmp(&other.name)); // as the API answers
    let mut documents = BTreeMap::from([
        (SHELL.to_owned(), site.shell()?),
        ("sitemap.xml".to_owned(), sitemap(address, &menus)),
        ("robots.txt".to_owned(), robots(address)),
    ]);
    let home = site.document(prerender::home(cards)?, None)?;
    documents.insert(INDEX.to_owned(), home);
    for restaurant in restaurants().filter(|it| menus.contains(&it.card.restaurant_id.as_ref())) {
        let page = prerender::menu(restaurant)?;
        let name = format!("{MENUS}/{}.html", restaurant.card.restaurant_id);
        documents.insert(name, site.document(page, Some(restaurant))?);
    }
    Ok(documents)
}

/// What documents are made from, in their folder: the local edge serves no hidden file.
const SOURCE: &str = ".index.html";
const ADDRESS: &str = ".address";

/// Prepares a folder for the documents of a page: `index` is the file that Trunk built, `address` the
/// site's.
pub(crate) fn prepare_documents(folder: &Path, index: &Path, address: &str) -> Result<()> {
    fs::create_dir_all(folder)?;
    fs::copy(index, folder.join(SOURCE))?;
    Ok(fs::write(folder.join(ADDRESS), address)?)
}

/// Writes the documents into their folder, as the local edge serves them, and removes those of
/// restaurants that are gone. None if the folder is not prepared: there is no page yet.
pub(crate) fn write_documents(folder: &Path, catalog: &Catalog) -> Result<()> {
    let source = folder.join(SOURCE);
    if !source.exists() {
        return Ok(());
    }
    let address = fs::read_to_string(folder.join(ADDRESS))?;
    let documents = documents(&fs::read_to_string(source)?, catalog, &address)?;
    let _ = fs::remove_dir_all(folder.join(MENUS)); // none yet
    for (name, text) in documents {
        super::write(&folder.join(name), text.as_bytes())?;
    }
    Ok(())
}

type Handler<'a> = (std::borrow::Cow<'a, Selector>, ElementContentHandlers<'a>);

/// What all documents share.
struct Site<'a> {
    index: &'a str,
    address: &'a str,
}

impl Site<'_> {
    /// The document without content, which no search engine lists: it stands for private pages.
    fn shell(&self) -> Result<String> {
        let robots = "<meta name=\"robots\" content=\"noindex\">";
        let settings = RewriteStrSettings::new()
            .append_element_content_handler(element!("title", |title| {
                title.after(robots, Html);
                Ok(())
            }))
            .append_element_content_handler(self.picture());
        rewrite_str(self.index, settings).context("index.html cannot be rewritten")
    }

    fn document(&self, page: Rendered, restaurant: Option<&Restaurant>) -> Result<String> {
        let address = escape(&format!("{}{}", self.address, page.path));
        let mut head = format!(
            "<link rel=\"canonical\" href=\"{address}\"><meta property=\"og:url\" content=\"{address}\">"
        );
        if let Some(restaurant) = restaurant {
            let data = structured_data::restaurant(restaurant, self.address);
            let data = script_safe(&serde_json::to_string(&data)?);
            head += &format!("<script type=\"application/ld+json\">{data}</script>");
        }
        let (id, attribute) = (CatalogAnswer::ID, CatalogAnswer::PATH);
        let CatalogAnswer { path, body } = page.answer;
        let data = format!(
            "<script type=\"application/json\" id=\"{id}\" {attribute}=\"{path}\">{body}</script>"
        );
        let settings = RewriteStrSettings::new()
            .append_element_content_handler(element!("title", |title| {
                title.set_inner_content(&page.title, Text);
                // Trunk's minifier leaves out the tags of `head`.
                title.after(&head, Html);
                Ok(())
            }))
            .append_element_content_handler(element!(
                "meta[name=description], meta[property='og:description']",
                |meta| Ok(meta.set_attribute("content", &page.description)?)
            ))
            .append_element_content_handler(element!("meta[property='og:title']", |meta| {
                Ok(meta.set_attribute("content", &page.title)?)
            }))
            .append_element_content_handler(self.picture())
            // boot.js gives them back what they are once the content is painted.
            .append_element_content_handler(element!(
                "link[rel=modulepreload], link[rel=preload]",
                |link| {
                    for name in ["rel", "href"] {
                        let value = link.get_attribute(name).unwrap_or_default();
                        link.remove_attribute(name);
                        link.set_attribute(&format!("data-{name}"), &value)?;
                    }
                    Ok(())
                }
            ))
            .append_element_content_handler(element!("#boot", |boot| {
                boot.remove_attribute("aria-hidden");
                boot.set_attribute("data-path", &page.path)?;
                boot.set_inner_content(&page.body, Html);
                boot.after(&data, Html);
                Ok(())
            }));
        rewrite_str(self.index, settings).context("index.html cannot be rewritten")
    }

    /// Names the picture for links in full, as other sites want it (ogp.me: `og:image` is a URL).
    fn picture(&self) -> Handler<'_> {
        element!("meta[property='og:image']", |meta| {
            let path = meta.get_attribute("content").unwrap_or_default();
            Ok(meta.set_attribute("content", &format!("{}{path}", self.address))?)
        })
    }
}

/// A text in an attribute or in XML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

/// The restaurants whose menus have a document, by id: as many as a parameter of the template can name,
/// separated by commas, in 4,096 characters (CloudFormation User Guide, "Parameters").
pub(crate) fn prerendered_menus(catalog: &Catalog) -> Vec<&str> {
    let ids = catalog.restaurants.iter().map(|entry| entry.restaurant.card.restaurant_id.as_ref());
    fitting(ids)
}

fn fitting<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut length = 0;
    let fits = |id: &&str| {
        length += id.len() + 1;
        length <= 4_097 // no comma follows the last
    };
    ids.take_while(fits).collect()
}

/// The pages that search engines may list (sitemaps.org/protocol.html).
fn sitemap(address: &str, menus: &[&str]) -> String {
    let menus = menus.iter().map(|id| format!("/{MENUS}/{id}"));
    let pages = std::iter::once("/".to_owned()).chain(menus);
    let urls: String = pages
        .map(|path| format!("<url><loc>{}</loc></url>", escape(&format!("{address}{path}"))))
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{urls}</urlset>\n"
    )
}

/// Where the sitemap is; every page may be read, and private ones say themselves that they are not to
/// be listed (RFC 9309).
fn robots(address: &str) -> String {
    format!("User-agent: *\nAllow: /\nDisallow: /api/\n\nSitemap: {address}/sitemap.xml\n")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn of_the_demo() -> BTreeMap<String, String> {
        let catalog = crate::catalog::read(Path::new("../data")).unwrap().unwrap();
        let index = include_str!("../../../../index.html");
        // As minified: without the tags of `head`.
        let index = index.replace("<head>", "").replace("</head>", PROGRAM);
        documents(&index, &catalog, "https://shop.example").unwrap()
    }

    /// What Trunk adds.
    const PROGRAM: &str =
        r#"<link rel="modulepreload" href="/a.js"><link rel="preload" href="/a.wasm">"#;

    #[test]
    fn the_first_page_and_each_menu_have_a_document_and_the_rest_shares_one() {
        let documents = of_the_demo();
        let home = &documents[INDEX];
        assert!(home.contains("<title>Restaurants · Tiffin</title>"), "{home}");
        assert!(home.contains(r#"<link rel="canonical" href="https://shop.example/">"#));
        assert!(home.contains(r#"content="https://shop.example/preview.png""#));
        assert!(home.contains(r#"<a href="/r/golden-dosa" class="cover">Golden Dosa</a>"#));
        let menu = &documents["r/golden-dosa.html"];
        assert!(menu.contains("<title>Golden Dosa · Tiffin</title>"));
        assert!(
            menu.contains(
                r#"<meta property="og:url" content="https://shop.example/r/golden-dosa">"#
            )
        );
        assert!(menu.contains("Dosas the length of your forearm"));
        assert!(menu.contains(r#"<script type="application/ld+json">"#));
        let shell = &documents[SHELL];
        assert!(shell.contains("skeleton") && shell.contains(r#"name="robots" content="noindex""#));
        assert!(shell.contains(PROGRAM), "at once: there is nothing to paint before");
        for document in [home, menu] {
            assert!(document.contains(r#"<link data-rel="modulepreload" data-href="/a.js">"#));
            assert!(document.contains(r#"<link data-rel="preload" data-href="/a.wasm">"#));
            assert!(!document.contains("skeleton") && !document.contains("noindex"), "{document}");
            assert_eq!(document.matches("id=\"boot\"").count(), 1);
        }
        let sitemap = &documents["sitemap.xml"];
        let listed = sitemap.matches("<loc>").count();
        assert_eq!(listed, documents.keys().filter(|name| name.starts_with("r/")).count() + 1);
        roxmltree::Document::parse(sitemap).unwrap();
        assert!(documents["robots.txt"].contains("Sitemap: https://shop.example/sitemap.xml"));
    }

    #[test]
    fn as_many_menus_are_prerendered_as_a_parameter_can_name() {
        assert_eq!(fitting(["a", "b-c"].into_iter()), ["a", "b-c"]);
        let long = "x".repeat(60);
        let many = fitting(std::iter::repeat_n(long.as_str(), 100));
        assert_eq!((many.len(), many.join(",").len()), (67, 4_086));
    }

    #[test]
    fn a_menu_says_what_it_is_to_search_engines() {
        let documents = of_the_demo();
        let menu = &documents["r/golden-dosa.html"];
        let (_, data) = menu.split_once(r#"<script type="application/ld+json">"#).unwrap();
        let data: Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
        assert_eq!((&data["@type"], &data["name"]), (&"Restaurant".into(), &"Golden Dosa".into()));
        let dish = &data["hasMenu"]["hasMenuSection"][0]["hasMenuItem"][0];
        assert_eq!(dish["offers"]["price"], "7.90");
        assert_eq!(dish["offers"]["priceCurrency"], "GBP");
        assert_eq!(dish["suitableForDiet"][0], "https://schema.org/VegetarianDiet");
        let hours = &data["openingHoursSpecification"][0];
        assert_eq!((&hours["opens"], &hours["closes"]), (&"06:00".into(), &"03:00".into()));
    }
}
