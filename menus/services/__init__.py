"""What a fiduciary does with menus. Import the module of the noun: menus, versions, lines, sleeves, waivers."""
