//! Serves the design page alone: `cargo run -p watchkeep-web --example design -- 127.0.0.1:7070`.

mod app;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| String::from("127.0.0.1:7070"));
    let listener = tokio::net::TcpListener::bind(&address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app::app()).await?;
    Ok(())
}
