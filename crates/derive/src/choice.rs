//! Choices: names, labels, codes and tones from an enum.

use crate::{doc, words};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, LitInt, LitStr, Result};

pub fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(syn::Error::new_spanned(input, "a choice is an enum without fields"));
    };
    let name = &input.ident;
    let mut choices = Vec::new();
    let mut idents = Vec::new();
    let mut codes = Vec::new();
    for (at, variant) in data.variants.iter().enumerate() {
        let mut code = i64::try_from(at + 1).unwrap_or(i64::MAX).saturating_mul(10);
        let mut label = words(&variant.ident.to_string());
        let mut tone = quote!(Plain);
        for attribute in variant.attrs.iter().filter(|a| a.path().is_ident("choice")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("code") {
                    code = meta.value()?.parse::<LitInt>()?.base10_parse()?;
                } else if meta.path.is_ident("label") {
                    label = meta.value()?.parse::<LitStr>()?.value();
                } else if meta.path.is_ident("severity") {
                    let level: LitInt = meta.value()?.parse()?;
                    tone = quote!(Severity(#level));
                } else {
                    let word = meta.path.require_ident()?.to_string();
                    tone = match word.as_str() {
                        "good" => quote!(Good),
                        "warn" => quote!(Warn),
                        "bad" => quote!(Bad),
                        "grey" => quote!(Grey),
                        "waived" => quote!(Waived),
                        _ => return Err(meta.error("use code, label, severity, good, warn, bad, grey or waived")),
                    };
                }
                Ok(())
            })?;
        }
        let ident = &variant.ident;
        let text = words(&ident.to_string()).to_lowercase().replace(' ', "_");
        let help = doc(&variant.attrs);
        choices.push(quote! {
            ::watchkeep_model::macros::Choice {
                name: #text, label: #label, code: #code,
                tone: ::watchkeep_model::macros::Tone::#tone, help: #help,
            }
        });
        idents.push(ident.clone());
        codes.push(code);
    }
    let Some(first) = idents.first().cloned() else {
        return Err(syn::Error::new_spanned(input, "a choice has at least one variant"));
    };
    Ok(quote! {
        impl ::watchkeep_model::macros::ChoiceType for #name {
            const CHOICES: &'static [::watchkeep_model::macros::Choice] = &[#(#choices),*];
            fn code(self) -> i64 {
                match self { #(Self::#idents => #codes),* }
            }
            fn from_code(code: i64) -> Option<Self> {
                match code { #(#codes => Some(Self::#idents),)* _ => None }
            }
        }
        impl ::watchkeep_model::macros::FieldType for #name {
            const SHAPE: ::watchkeep_model::macros::Shape =
                ::watchkeep_model::macros::Shape::Choice(<Self as ::watchkeep_model::macros::ChoiceType>::CHOICES);
            fn read(value: &::watchkeep_model::macros::Value) -> Option<Self> {
                <Self as ::watchkeep_model::macros::ChoiceType>::from_code(value.as_int()?)
            }
            fn write(&self) -> ::watchkeep_model::macros::Value {
                ::watchkeep_model::macros::Value::Int(::watchkeep_model::macros::ChoiceType::code(*self))
            }
            fn empty() -> Self {
                Self::#first
            }
        }
    })
}
