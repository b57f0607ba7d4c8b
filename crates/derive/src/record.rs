//! Records and child rows: one description and two conversions.

use crate::{doc, fields, words};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Expr, LitStr, Result};

pub fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let label = words(&name.to_string());
    let mut settings = Settings::new(&label);
    for attribute in input.attrs.iter().filter(|a| a.path().is_ident("record")) {
        attribute.parse_nested_meta(|meta| settings.take(&meta))?;
    }
    let Settings { kind, prefix, label, plural, area, title, sort, list, options } = settings;
    let help = doc(&input.attrs);
    let fields::Described { descriptions, names, types } = fields::describe(input)?;
    let positions = 0..names.len();
    Ok(quote! {
        impl ::watchkeep_model::macros::Described for #name {
            const NAME: &'static str = #kind;
            fn kind() -> &'static ::watchkeep_model::macros::Kind {
                const FIELDS: &[::watchkeep_model::macros::Field] = &[#(#descriptions),*];
                static KIND: ::watchkeep_model::macros::Kind = ::watchkeep_model::macros::Kind {
                    name: #kind, prefix: #prefix, label: #label, plural: #plural, area: #area,
                    help: #help, fields: FIELDS, title: #title, list: #list, sort: #sort,
                    #(#options,)*
                    ..::watchkeep_model::kind::Kind::EMPTY
                };
                &KIND
            }
            fn from_record(record: &::watchkeep_model::macros::Record) -> Self {
                let values = &record.values;
                Self { #(#names: values.get(#positions)
                    .and_then(<#types as ::watchkeep_model::macros::FieldType>::read)
                    .unwrap_or_else(<#types as ::watchkeep_model::macros::FieldType>::empty)),* }
            }
            fn into_values(self) -> Vec<::watchkeep_model::macros::Value> {
                vec![#(::watchkeep_model::macros::FieldType::write(&self.#names)),*]
            }
        }
    })
}

pub fn expand_row(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let fields::Described { descriptions, names, types } = fields::describe(input)?;
    let positions = 0..names.len();
    Ok(quote! {
        impl ::watchkeep_model::macros::RowType for #name {
            const FIELDS: &'static [::watchkeep_model::macros::Field] = &[#(#descriptions),*];
            fn from_values(values: &[::watchkeep_model::macros::Value]) -> Self {
                Self { #(#names: values.get(#positions)
                    .and_then(<#types as ::watchkeep_model::macros::FieldType>::read)
                    .unwrap_or_else(<#types as ::watchkeep_model::macros::FieldType>::empty)),* }
            }
            fn into_values(self) -> Vec<::watchkeep_model::macros::Value> {
                vec![#(::watchkeep_model::macros::FieldType::write(&self.#names)),*]
            }
        }
    })
}

/// What `#[record(...)]` says.
struct Settings {
    kind: String,
    prefix: String,
    label: String,
    plural: String,
    area: String,
    title: String,
    sort: String,
    list: TokenStream,
    options: Vec<TokenStream>,
}

impl Settings {
    fn new(label: &str) -> Self {
        Self {
            kind: label.to_lowercase().replace(' ', "_"),
            prefix: String::new(),
            label: label.to_owned(),
            plural: format!("{label}s"),
            area: "setup".to_owned(),
            title: "title".to_owned(),
            sort: String::new(),
            list: quote!(&[]),
            options: Vec::new(),
        }
    }

    fn take(&mut self, meta: &syn::meta::ParseNestedMeta<'_>) -> Result<()> {
        let word = meta.path.require_ident()?.to_string();
        let text = || Ok::<_, syn::Error>(meta.value()?.parse::<LitStr>()?.value());
        match word.as_str() {
            "kind" => self.kind = text()?,
            "prefix" => self.prefix = text()?,
            "label" => self.label = text()?,
            "plural" => self.plural = text()?,
            "area" => self.area = text()?,
            "title" => self.title = text()?,
            "sort" => self.sort = text()?,
            "list" => {
                let list: Expr = meta.value()?.parse()?;
                self.list = quote!(&#list);
            }
            "state" | "calendar" => {
                let name = &meta.path;
                let value = text()?;
                self.options.push(quote!(#name: Some(#value)));
            }
            "subject" => {
                let value: syn::Path = meta.value()?.parse()?;
                self.options.push(quote!(subject: ::watchkeep_model::macros::Subject::#value));
            }
            "moves" | "measures" | "clocks" | "prepare" | "check" | "effects" | "keep" => {
                let name = &meta.path;
                let value: Expr = meta.value()?.parse()?;
                self.options.push(quote!(#name: #value));
            }
            "material" => {
                let fields: Expr = meta.value()?.parse()?;
                self.options.push(match fields {
                    Expr::Array(_) => quote!(material: &#fields),
                    _ => quote!(material: #fields),
                });
            }
            "gone" => {
                let value: Expr = meta.value()?.parse()?;
                self.options.push(quote!(gone: Some(#value)));
            }
            "recheck" => {
                let value: Expr = meta.value()?.parse()?;
                self.options.push(quote!(recheck: Some(#value)));
            }
            "follows" | "private" => {
                let name = &meta.path;
                self.options.push(quote!(#name: true));
            }
            _ => {
                return Err(meta.error(
                    "use kind, prefix, label, plural, area, title, sort, list, state, calendar, subject, moves, clocks, measures, material, recheck, gone, prepare, check, effects, keep, follows or private",
                ));
            }
        }
        Ok(())
    }
}
