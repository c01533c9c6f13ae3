"""What no form can see by itself: how things fit together, and what is sensitive."""
