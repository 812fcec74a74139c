"""How sound gets from sources to listeners: rays, mirror images, ways through walls and round edges."""
