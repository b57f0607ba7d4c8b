//! Field descriptions from struct fields and their `#[field(...)]` attributes.

use crate::{doc, words};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Fields, Ident, Lit, LitStr, Result, Type};

/// What a struct's fields turn into: descriptions, names and types, in order.
pub struct Described {
    pub descriptions: Vec<TokenStream>,
    pub names: Vec<Ident>,
    pub types: Vec<Type>,
}

pub fn describe(input: &DeriveInput) -> Result<Described> {
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new_spanned(input, "a record is a struct with named fields"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(syn::Error::new_spanned(input, "a record is a struct with named fields"));
    };
    let mut found = Described { descriptions: Vec::new(), names: Vec::new(), types: Vec::new() };
    for field in &fields.named {
        let Some(name) = &field.ident else { continue };
        found.descriptions.push(description(field, name)?);
        found.names.push(name.clone());
        found.types.push(field.ty.clone());
    }
    Ok(found)
}

fn description(field: &syn::Field, name: &Ident) -> Result<TokenStream> {
    let text = name.to_string();
    let help = doc(&field.attrs);
    let mut label = words(&text);
    let mut required = None;
    let mut settings = Vec::new();
    for attribute in field.attrs.iter().filter(|a| a.path().is_ident("field")) {
        attribute.parse_nested_meta(|meta| {
            let word = meta.path.require_ident()?.to_string();
            match word.as_str() {
                "search" | "index" | "unique" | "facet" | "managed" | "inline" | "code" => {
                    let flag = &meta.path;
                    settings.push(quote!(#flag: true));
                }
                "optional" => required = Some(false),
                "label" => label = meta.value()?.parse::<LitStr>()?.value(),
                "default" => {
                    let value: LitStr = meta.value()?.parse()?;
                    settings.push(quote!(default: Some(#value)));
                }
                "len" => {
                    let value: Lit = meta.value()?.parse()?;
                    settings.push(quote!(max_len: Some(#value)));
                }
                "min" | "max" => {
                    let flag = &meta.path;
                    let value: syn::Expr = meta.value()?.parse()?;
                    let value = value.into_token_stream();
                    settings.push(quote!(#flag: Some((#value) as f64)));
                }
                _ => {
                    return Err(meta.error(
                        "use search, index, unique, facet, managed, inline, code, optional, label, default, len, min or max",
                    ));
                }
            }
            Ok(())
        })?;
    }
    let ty = &field.ty;
    let required = match required {
        Some(flag) => quote!(#flag),
        None => quote!(<#ty as ::watchkeep_model::macros::FieldType>::REQUIRED),
    };
    Ok(quote! {
        ::watchkeep_model::macros::Field {
            name: #text, label: #label, help: #help,
            shape: <#ty as ::watchkeep_model::macros::FieldType>::SHAPE,
            required: #required,
            #(#settings,)*
            ..::watchkeep_model::macros::Field::EMPTY
        }
    })
}
