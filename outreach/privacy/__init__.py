"""What data protection asks for: everything of one person told or erased, nothing kept too long, the register."""
