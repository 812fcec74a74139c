"""What the world is made of: scenes, surfaces, materials, readers of files, and the built-in homes."""
