/** How long the person who credited a sale may undo it; afterwards an owner can (semantics: "within 10 minutes, else owner"). */
export const undoWindowMinutes = 10;
