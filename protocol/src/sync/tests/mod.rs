mod honest;
mod world;
